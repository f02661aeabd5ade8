#include "tests/emit/sample.h"

#include <jansson.h>
#include <stdio.h>

#include "emit/fields.h"
#include "emit/schema.h"

static const struct rc_counter_desc desc[] = {{"frames", "frames seen", 0}};
static const struct rc_counter_set sets[] = {{"capture", desc, 1, NULL}, {"decode", desc, 1, NULL}};

static json_t *make_schema(void)
{
	json_error_t error;
	FILE *file = tmpfile();
	assert_non_null(file);
	assert_int_equal(rc_schema_write(file, sets, 2), RC_OK);
	rewind(file);
	json_t *schema = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
	fclose(file);
	assert_non_null(schema);
	return schema;
}

static json_t *definition(json_t *schema, enum rc_dataset dataset)
{
	json_t *def = json_object_get(json_object_get(schema, "$defs"), rc_dataset_name(dataset));
	assert_non_null(def);
	return def;
}

static json_t *property(json_t *object, const char *name)
{
	return json_object_get(json_object_get(object, "properties"), name);
}

static bool listed(json_t *list, const char *word)
{
	size_t i;
	json_t *item;
	json_array_foreach(list, i, item)
	{
		if (strcmp(json_string_value(item), word) == 0)
			return true;
	}
	return false;
}

/* Every object below is closed, requires only what it describes, and every leaf is described. */
static void check_node(json_t *node)
{
	const char *type = json_string_value(json_object_get(node, "type")), *key;
	json_t *inner;
	size_t i;
	if (type == NULL) {
		assert_non_null(json_object_get(node, "const"));
		return;
	}
	if (strcmp(type, "array") == 0)
		check_node(json_object_get(node, "items"));
	if (strcmp(type, "object") != 0)
		return;
	assert_true(json_is_false(json_object_get(node, "additionalProperties")));
	assert_true(json_object_size(json_object_get(node, "properties")) > 0);
	json_array_foreach(json_object_get(node, "required"), i, inner)
		assert_non_null(property(node, json_string_value(inner)));
	json_object_foreach(json_object_get(node, "properties"), key, inner) check_node(inner);
}

static void every_object_of_every_dataset_is_closed(void **state)
{
	json_t *schema = make_schema();
	(void)state;
	for (unsigned d = 0; d < RC_DS_COUNT; d++) {
		json_t *def = definition(schema, (enum rc_dataset)d);
		check_node(def);
		assert_true(listed(json_object_get(def, "required"), "@timestamp"));
		assert_true(listed(json_object_get(def, "required"), "rcause"));
	}
	json_decref(schema);
}

static void every_cause_is_in_the_enumeration(void **state)
{
	json_t *schema = make_schema();
	json_t *rcause = property(definition(schema, RC_DS_FAILURE), "rcause");
	json_t *words = json_object_get(property(rcause, "cause"), "enum");
	(void)state;
	assert_int_equal(json_array_size(words), rc_cause_count());
	for (size_t i = 0; i < rc_cause_count(); i++)
		assert_true(listed(words, rc_cause_at(i)->slug));
	json_decref(schema);
}

static void counters_are_listed_by_name(void **state)
{
	json_t *schema = make_schema();
	json_t *rcause = property(definition(schema, RC_DS_STATS), "rcause");
	json_t *modules = property(rcause, "counters");
	(void)state;
	assert_non_null(property(property(modules, "capture"), "frames"));
	assert_non_null(property(property(modules, "decode"), "frames"));
	assert_null(property(rcause, "cause"));
	json_decref(schema);
}

static void incident_is_text_in_failures_and_an_object_in_incidents(void **state)
{
	json_t *schema = make_schema();
	json_t *failure = property(definition(schema, RC_DS_FAILURE), "rcause");
	json_t *incident = property(definition(schema, RC_DS_INCIDENT), "rcause");
	(void)state;
	assert_string_equal(
		json_string_value(json_object_get(property(failure, "incident"), "type")),
		"string");
	assert_non_null(property(property(incident, "incident"), "state"));
	assert_null(property(property(definition(schema, RC_DS_INCIDENT), "event"), "outcome"));
	json_decref(schema);
}

/* The writer opens an object once: rows of one object must stand together, in every dataset. */
static void rows_of_one_object_stand_together(void **state)
{
	(void)state;
	for (unsigned d = 0; d < RC_DS_COUNT; d++) {
		for (size_t i = 0; i < rc_event_fields.n; i++) {
			const struct rc_field *f = &rc_event_fields.fields[i];
			const char *dot = strrchr(f->path, '.');
			size_t len = dot == NULL ? 0 : (size_t)(dot - f->path) + 1;
			bool left = false;
			for (size_t j = i + 1; j < rc_event_fields.n; j++) {
				const struct rc_field *g = &rc_event_fields.fields[j];
				if ((f->in & g->in & 1u << d) == 0)
					continue;
				assert_string_not_equal(f->path, g->path);
				bool same = strncmp(f->path, g->path, len) == 0;
				assert_false(same && left);
				left |= !same;
			}
		}
	}
}

static void what_must_be_there_is_in_the_dataset(void **state)
{
	(void)state;
	for (size_t i = 0; i < rc_event_fields.n; i++) {
		const struct rc_field *f = &rc_event_fields.fields[i];
		assert_int_equal(f->must & ~f->in, 0);
		assert_true(f->help != NULL && f->help[0] != '\0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_object_of_every_dataset_is_closed),
		cmocka_unit_test(every_cause_is_in_the_enumeration),
		cmocka_unit_test(counters_are_listed_by_name),
		cmocka_unit_test(incident_is_text_in_failures_and_an_object_in_incidents),
		cmocka_unit_test(rows_of_one_object_stand_together),
		cmocka_unit_test(what_must_be_there_is_in_the_dataset),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
