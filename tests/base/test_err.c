#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static const int errors[] = {
#define X(name, value, text) name,
	RC_ERR_LIST(X)
#undef X
};

#define ERRORS (sizeof errors / sizeof *errors)

static void errors_are_negative_and_differ(void **state)
{
	(void)state;
	for (size_t i = 0; i < ERRORS; i++) {
		assert_true(errors[i] < 0);
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(errors[i], errors[j]);
	}
}

static void every_error_has_its_own_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < ERRORS; i++) {
		assert_string_not_equal(rc_err_text(errors[i]), rc_err_text(1));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(rc_err_text(errors[i]), rc_err_text(errors[j]));
	}
}

static void unknown_number_has_a_text_too(void **state)
{
	(void)state;
	assert_string_equal(rc_err_text(1), "unknown error");
	assert_string_equal(rc_err_text(-9999), "unknown error");
	assert_string_equal(rc_err_text(RC_OK), "success");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_are_negative_and_differ),
		cmocka_unit_test(every_error_has_its_own_text),
		cmocka_unit_test(unknown_number_has_a_text_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
