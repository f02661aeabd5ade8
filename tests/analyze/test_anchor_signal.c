#include "analyze/infer/anchor_signal.h"
#include "tests/analyze/sim.h"

static void a_signal_names_the_anchors_of_its_asker(void **state)
{
	static const char *const none[] = {"_ta-4f6", "_ta_4f66", "_ta-4f66.example", "_tb-4f66",
					   "_ta-4g66"};
	struct rc_anchor_signals *signals;
	struct rc_exchange x = {.asker = addr(RESOLVER)};
	struct rc_addr other = addr(CLIENT);
	struct rc_name name = name_of("_ta-4f66-9728");
	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		struct rc_name bad = name_of(none[i]);
		assert_int_equal(rc_anchor_signals_new(SEED, &signals), RC_OK);
		rc_anchor_signals_note(signals, &x, &bad);
		assert_null(rc_anchor_signals_find(signals, &x.asker));
		rc_anchor_signals_free(signals);
	}
	assert_int_equal(rc_anchor_signals_new(SEED, &signals), RC_OK);
	assert_true(rc_may_be_anchor_signal(name.wire));
	rc_anchor_signals_note(signals, &x, &name);
	const struct rc_anchor_signal *s = rc_anchor_signals_find(signals, &x.asker);
	assert_non_null(s);
	assert_int_equal(s->n_tags, 2);
	assert_int_equal(s->tags[0], 20326);
	assert_int_equal(s->tags[1], 38696);
	assert_null(rc_anchor_signals_find(signals, &other));
	rc_anchor_signals_free(signals);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_names_the_anchors_of_its_asker),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
