#include "emit/schema.h"

#include <jansson.h>
#include <string.h>

#include "base/err.h"
#include "emit/fields.h"
#include "emit/json.h"

#define DIALECT "https://json-schema.org/draft/2020-12/schema"
#define STRINGIZE(x) #x
#define AS_TEXT(x) STRINGIZE(x)
#define SCHEMA_ID "urn:rcause:event:" AS_TEXT(RC_SCHEMA_VERSION)

struct maker {
	const struct rc_counter_set *sets;
	size_t n_sets;
	enum rc_dataset dataset;
};

/* json_object_set_new and its kin free the value and return -1 when value is NULL: one check at the
 * end (a schema with a hole) is enough, so failures are kept in the result being NULL. */
static json_t *object_of(const char *type)
{
	json_t *o = json_object();
	json_object_set_new(o, "type", json_string(type));
	return o;
}

static json_t *closed_object(void)
{
	json_t *o = object_of("object");
	json_object_set_new(o, "additionalProperties", json_false());
	json_object_set_new(o, "properties", json_object());
	return o;
}

static void require(json_t *object, const char *key)
{
	json_t *list = json_object_get(object, "required");
	size_t i;
	json_t *value;
	if (list == NULL) {
		list = json_array();
		json_object_set_new(object, "required", list);
	}
	json_array_foreach(list, i, value)
	{
		if (strcmp(json_string_value(value), key) == 0)
			return;
	}
	json_array_append_new(list, json_string(key));
}

static json_t *text_schema(const struct rc_field *f)
{
	json_t *s = object_of("string");
	if (f->choice != NULL) {
		json_t *words = json_array();
		const char *word;
		for (size_t i = 0; (word = f->choice(i)) != NULL; i++)
			json_array_append_new(words, json_string(word));
		json_object_set_new(s, "enum", words);
	}
	if (f->pattern != NULL)
		json_object_set_new(s, "pattern", json_string(f->pattern));
	return s;
}

static json_t *address_schema(void)
{
	json_t *s = object_of("string");
	json_object_set_new(s, "pattern", json_string("^[0-9a-f:.]{2,45}$"));
	return s;
}

static json_t *number_schema(void)
{
	json_t *s = object_of("integer");
	json_object_set_new(s, "minimum", json_integer(0));
	json_object_set_new(s, "maximum", json_integer(RC_JSON_INT_MAX));
	return s;
}

static json_t *list_schema(json_t *items)
{
	json_t *s = object_of("array");
	json_object_set_new(s, "minItems", json_integer(1));
	json_object_set_new(s, "items", items);
	return s;
}

static json_t *counters_schema(const struct maker *m)
{
	json_t *all = closed_object();
	for (size_t s = 0; s < m->n_sets; s++) {
		const struct rc_counter_set *set = &m->sets[s];
		json_t *module = closed_object();
		for (size_t i = 0; i < set->n; i++) {
			json_t *number = number_schema();
			json_object_set_new(number, "description", json_string(set->desc[i].help));
			json_object_set_new(json_object_get(module, "properties"),
					    set->desc[i].name, number);
			require(module, set->desc[i].name);
		}
		json_object_set_new(json_object_get(all, "properties"), set->module, module);
		require(all, set->module);
	}
	return all;
}

static json_t *table_schema(const struct maker *m, const struct rc_field_table *table);

static json_t *value_schema(const struct maker *m, const struct rc_field *f)
{
	switch (f->kind) {
	case RC_KIND_NUMBER:
		return number_schema();
	case RC_KIND_BOOL:
		return object_of("boolean");
	case RC_KIND_ADDR:
	case RC_KIND_ADDR_IN:
		return address_schema();
	case RC_KIND_ADDRS:
		return list_schema(address_schema());
	case RC_KIND_SET:
	case RC_KIND_TEXTS:
	case RC_KIND_NAMES:
		return list_schema(text_schema(f));
	case RC_KIND_ITEMS:
		return list_schema(table_schema(m, f->items));
	case RC_KIND_COUNTERS:
		return counters_schema(m);
	default:
		return text_schema(f);
	}
}

/* The property `key` (len characters) of object, a closed object made if need be. */
static json_t *enter(json_t *object, const char *key, size_t len, bool must)
{
	char name[64];
	json_t *properties = json_object_get(object, "properties"), *inner;
	snprintf(name, sizeof name, "%.*s", (int)len, key);
	inner = json_object_get(properties, name);
	if (inner == NULL) {
		inner = closed_object();
		json_object_set_new(properties, name, inner);
	}
	if (must)
		require(object, name);
	return inner;
}

static json_t *table_schema(const struct maker *m, const struct rc_field_table *table)
{
	unsigned bit = 1u << m->dataset;
	json_t *top = closed_object();
	for (size_t i = 0; i < table->n; i++) {
		const struct rc_field *f = &table->fields[i];
		const char *key = f->path, *dot;
		json_t *object = top, *value;
		bool must = (f->must & bit) != 0;
		if ((f->in & bit) == 0)
			continue;
		for (; (dot = strchr(key, '.')) != NULL; key = dot + 1)
			object = enter(object, key, (size_t)(dot - key), must);
		if (strcmp(f->path, "event.dataset") == 0) {
			value = json_object();
			json_object_set_new(value, "const",
					    json_string(rc_dataset_name(m->dataset)));
		} else {
			value = value_schema(m, f);
		}
		json_object_set_new(value, "description", json_string(f->help));
		json_object_set_new(json_object_get(object, "properties"), key, value);
		if (must)
			require(object, key);
	}
	return top;
}

/* {"properties":{"event":{"properties":{"dataset":...},"required":["dataset"]}},"required":["event"]} */
static json_t *on_dataset(json_t *dataset)
{
	return json_pack("{s:{s:{s:{s:o},s:[s]}},s:[s]}", "properties", "event", "properties",
			 "dataset", dataset, "required", "dataset", "required", "event");
}

static json_t *make_schema(const struct rc_counter_set *sets, size_t n_sets)
{
	json_t *defs = json_object(), *all = json_array(), *names = json_array(), *schema;
	for (unsigned d = 0; d < RC_DS_COUNT; d++) {
		struct maker m = {sets, n_sets, (enum rc_dataset)d};
		const char *name = rc_dataset_name(m.dataset);
		json_object_set_new(defs, name, table_schema(&m, &rc_event_fields));
		json_array_append_new(names, json_string(name));
		json_array_append_new(all, json_pack("{s:o,s:{s:s+}}", "if",
						     on_dataset(json_pack("{s:s}", "const", name)),
						     "then", "$ref", "#/$defs/", name));
	}
	schema = json_pack(
		"{s:s,s:s,s:s,s:s,s:s}", "$schema", DIALECT, "$id", SCHEMA_ID, "title",
		"Event of rcause", "description",
		"One event a line. Names are those of the Elastic Common Schema " RC_ECS_VERSION
		"; what ECS has no name for stands under rcause.",
		"type", "object");
	if (schema != NULL) {
		json_t *base = on_dataset(json_pack("{s:o}", "enum", names));
		json_object_update(schema, base);
		json_decref(base);
		json_object_set_new(schema, "allOf", all);
		json_object_set_new(schema, "$defs", defs);
	}
	return schema;
}

int rc_schema_write(FILE *out, const struct rc_counter_set *sets, size_t n_sets)
{
	json_t *schema = make_schema(sets, n_sets);
	int err = RC_OK;
	if (schema == NULL)
		return RC_E_NOMEM;
	if (json_dumpf(schema, out, JSON_INDENT(1) | JSON_ENSURE_ASCII) != 0 ||
	    fputc('\n', out) == EOF)
		err = RC_E_IO;
	json_decref(schema);
	return err;
}
