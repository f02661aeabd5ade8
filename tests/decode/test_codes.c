#include "tests/decode/wire.h"

#include <ctype.h>
#include <ldns/ldns.h>

static const struct rc_code_table *const tables[] = {&rc_opcodes,  &rc_rcodes,  &rc_tsig_errors,
						     &rc_types,    &rc_classes, &rc_options,
						     &rc_ede_codes};

#define TABLES (sizeof tables / sizeof *tables)

static void rows_ascend_and_are_complete(void **state)
{
	(void)state;
	for (size_t t = 0; t < TABLES; t++)
		for (size_t i = 0; i < tables[t]->n; i++) {
			const struct rc_code *row = &tables[t]->rows[i];
			assert_true(i == 0 || row[-1].value < row->value);
			assert_true(row->name[0] != '\0' && row->meaning[0] != '\0' &&
				    row->reference[0] != '\0');
			for (const char *at = row->meaning; *at != '\0'; at++)
				assert_true(isprint((unsigned char)*at));
		}
}

static void every_row_is_found_by_its_value(void **state)
{
	(void)state;
	char text[RC_CODE_TEXT_MAX];
	for (size_t t = 0; t < TABLES; t++)
		for (size_t i = 0; i < tables[t]->n; i++) {
			const struct rc_code *row = &tables[t]->rows[i];
			assert_ptr_equal(rc_code_find(tables[t], row->value), row);
			assert_ptr_equal(rc_code_name(tables[t], row->value, text), row->name);
		}
}

static void unassigned_values_print_as_number(void **state)
{
	(void)state;
	char text[RC_CODE_TEXT_MAX];
	assert_null(rc_code_find(&rc_types, 54));
	assert_string_equal(rc_code_name(&rc_types, 65280, text), "TYPE65280");
	assert_string_equal(rc_code_name(&rc_classes, 2, text), "CLASS2");
	assert_string_equal(rc_code_name(&rc_ede_codes, 49152, text), "EDE49152");
	assert_string_equal(rc_code_name(&rc_rcodes, 4095, text), "RCODE4095");
}

static void sixteen_is_badvers_in_opt_and_badsig_in_tsig(void **state)
{
	(void)state;
	assert_string_equal(rc_code_find(&rc_rcodes, 16)->name, "BADVERS");
	assert_string_equal(rc_code_find(&rc_tsig_errors, 16)->name, "BADSIG");
}

/* A second opinion: the names that ldns has, of fewer types as it is older. */
static void types_are_named_as_ldns_names_them(void **state)
{
	unsigned same = 0;
	(void)state;
	for (unsigned type = 1; type < 65280; type++) {
		char text[RC_CODE_TEXT_MAX], *theirs = ldns_rr_type2str((ldns_rr_type)type);
		assert_non_null(theirs);
		bool known = strncmp(theirs, "TYPE", 4) != 0;
		if (known)
			assert_string_equal(rc_code_name(&rc_types, (uint16_t)type, text), theirs);
		same += known;
		free(theirs);
	}
	assert_true(same > 60);
}

static void opcodes_and_rcodes_are_those_assigned(void **state)
{
	static const uint16_t opcodes[] = {0, 1, 2, 4, 5, 6};
	static const uint16_t rcodes[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,
					  10, 11, 16, 17, 18, 19, 20, 21, 22, 23};
	size_t next = 0;
	(void)state;
	for (uint16_t value = 0; value < 16; value++) {
		bool assigned = next < sizeof opcodes / sizeof *opcodes && opcodes[next] == value;
		next += assigned;
		assert_int_equal(rc_code_find(&rc_opcodes, value) != NULL, assigned);
	}
	next = 0;
	for (uint16_t value = 0; value < 4096; value++) {
		bool assigned = next < sizeof rcodes / sizeof *rcodes && rcodes[next] == value;
		next += assigned;
		assert_int_equal(rc_code_find(&rc_rcodes, value) != NULL, assigned);
	}
}

static void ede_registry_has_no_gap(void **state)
{
	(void)state;
	for (uint16_t code = 0; code <= 35; code++)
		assert_non_null(rc_code_find(&rc_ede_codes, code));
	assert_string_equal(rc_code_find(&rc_ede_codes, 22)->name, "No Reachable Authority");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_ascend_and_are_complete),
		cmocka_unit_test(every_row_is_found_by_its_value),
		cmocka_unit_test(unassigned_values_print_as_number),
		cmocka_unit_test(sixteen_is_badvers_in_opt_and_badsig_in_tsig),
		cmocka_unit_test(types_are_named_as_ldns_names_them),
		cmocka_unit_test(opcodes_and_rcodes_are_those_assigned),
		cmocka_unit_test(ede_registry_has_no_gap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
