/* Address translation seen from both sides: which two exchanges are one. */
#include "analyze/infer/translated.h"
#include "tests/analyze/build.h"

#define CLIENT "10.0.0.1"
#define SHARED "192.0.2.1"
#define SERVICE "10.96.0.10"
#define SERVER "10.0.1.53"

/* A client's exchange, and what the translator made of it: the same within a millisecond. */
static struct rc_exchange outer, inner;

static void begin(const char *inner_asker, const char *inner_server)
{
	outer = (struct rc_exchange){.first_ns = T0,
				     .end_ns = T0 + 20 * MS,
				     .first_frame = 1,
				     .state = RC_X_ANSWERED,
				     .id = 77,
				     .name_hash = 5,
				     .qtype = RC_TYPE_A,
				     .asker = addr(CLIENT),
				     .server = addr(SERVICE),
				     .asker_port = 4000,
				     .last_ip_id = 9,
				     .answer = {.flags = RC_FLAG_QR | RC_FLAG_RA, .len = 60}};
	inner = outer;
	inner.first_ns += MS;
	inner.end_ns -= MS;
	inner.first_frame = 2;
	inner.asker = addr(inner_asker);
	inner.server = addr(inner_server);
}

static bool is_inside(void)
{
	return rc_translated_is_inside(&inner, &outer);
}

static void the_same_with_another_address_of_either_end_is_what_became_of_it(void **state)
{
	(void)state;
	begin(CLIENT, SERVER);
	assert_true(is_inside());
	begin(SHARED, SERVICE);
	assert_true(is_inside());
	begin(SHARED, SERVER);
	assert_true(is_inside());
	begin(CLIENT, SERVICE); /* a copy, or another question of the same kind */
	assert_false(is_inside());
	begin(CLIENT, SERVER); /* within one tick of the clock frames tell */
	inner.first_ns = outer.first_ns;
	assert_true(is_inside());
	inner.first_frame = outer.first_frame;
	assert_false(is_inside());
}

static void ports_are_the_translators_only_where_the_client_is_hidden(void **state)
{
	(void)state;
	begin(SHARED, SERVICE);
	inner.asker_port = 4001;
	assert_true(is_inside());
	begin(CLIENT, SERVER);
	inner.asker_port = 4001;
	assert_false(is_inside());
}

static void be_otherwise(unsigned how)
{
	switch (how) {
	case 0:
		inner.id++;
		break;
	case 1:
		inner.name_hash++;
		break;
	case 2:
		inner.qtype = RC_TYPE_AAAA;
		break;
	case 3:
		inner.transport = RC_TCP;
		break;
	case 4:
		inner.last_ip_id++;
		break;
	case 5:
		inner.state = RC_X_UNANSWERED;
		break;
	case 6:
		inner.answer.flags = RC_FLAG_QR;
		break;
	case 7:
		inner.answer.rcode = RC_RCODE_SERVFAIL;
		break;
	case 8:
		inner.answer.len++;
		break;
	case 9: /* begun before */
		inner.first_ns = T0 - MS;
		break;
	case 10: /* a translator takes no such time */
		inner.first_ns = T0 + 3 * MS;
		break;
	case 11: /* ends after */
		inner.end_ns = outer.end_ns + 1;
		break;
	case 12:
		inner.end_ns = outer.end_ns - 3 * MS;
		break;
	default:
		return;
	}
}

static void whatever_else_differs_makes_two_of_them(void **state)
{
	(void)state;
	for (unsigned masked = 0; masked < 2; masked++)
		for (unsigned how = 0; how < 14; how++) {
			begin(masked ? SHARED : CLIENT, masked ? SERVICE : SERVER);
			be_otherwise(how);
			assert_int_equal(is_inside(), how == 13);
		}
}

/* IPv6 has no identification, and clients of one kind ask the same at once. */
static void without_an_identification_other_askers_and_silence_tell_nothing(void **state)
{
	(void)state;
	begin(CLIENT, SERVER);
	outer.last_ip_id = inner.last_ip_id = 0;
	assert_true(is_inside());
	outer.state = inner.state = RC_X_UNANSWERED;
	assert_false(is_inside());
	begin(CLIENT, SERVER);
	outer.state = inner.state = RC_X_UNANSWERED;
	assert_true(is_inside());
	begin(SHARED, SERVICE);
	outer.last_ip_id = inner.last_ip_id = 0;
	assert_true(is_inside());
	outer.id = inner.id = 0;
	assert_false(is_inside());
	begin(SHARED, SERVICE);
	outer.id = inner.id = 0;
	assert_true(is_inside());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_with_another_address_of_either_end_is_what_became_of_it),
		cmocka_unit_test(ports_are_the_translators_only_where_the_client_is_hidden),
		cmocka_unit_test(whatever_else_differs_makes_two_of_them),
		cmocka_unit_test(without_an_identification_other_askers_and_silence_tell_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
