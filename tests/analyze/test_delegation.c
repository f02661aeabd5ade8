/* Delegations that lead nowhere: what it takes to be sure of it. */
#include "analyze/cause/rule.h"
#include "tests/analyze/build.h"

#define RESOLVER "198.51.100.53"
#define PARENT_SERVER "203.0.113.1"
#define NOWHERE "240.0.0.1"
#define NAMESERVER "ns.other.example"

enum { PARENT, CHILD, OTHER, UNKNOWN, ZONES };

/* Asked for www.broken.example, the server of example referred a resolver to what it cannot reach. */
struct scene {
	struct dns d;
	struct rc_exchange x, asked_parent, looked_up[2];
	struct rc_name qname, ns[2];
	struct rc_followed names[3];
	struct rc_msg referral;
	struct rc_link links[3];
	struct rc_zone_view zones[ZONES];
	struct rc_addr parent_addr, child_addrs[2], resolver;
	struct rc_book *book;
	struct rc_hosts *hosts;
	struct rc_recorder *recorder;
	struct rc_case c;
};

static struct scene s;

static void refer(void)
{
	dns_query(&s.d, 1, RC_FLAG_QR, "www.broken.example", RC_TYPE_A);
	dns_rr_name(&s.d, RC_AUTHORITY, "broken.example", RC_TYPE_NS, NAMESERVER);
	assert_true(rc_msg_decode(s.d.data, s.d.len, s.d.len, SEED, &s.referral));
}

/* The nameserver's name does not exist. */
static void begin(void)
{
	s = (struct scene){.x = {.state = RC_X_ANSWERED,
				 .answer = {.rcode = RC_RCODE_SERVFAIL, .flags = RC_FLAG_RA},
				 .first_ns = T0,
				 .end_ns = T0 + 3 * RC_NS_PER_S}};
	refer();
	s.resolver = addr(RESOLVER);
	s.qname = s.names[0].name = name_of("www.broken.example");
	s.ns[0] = s.names[1].name = name_of(NAMESERVER);
	s.names[1].role = RC_ROLE_NAMESERVER;
	s.parent_addr = s.asked_parent.server = addr(PARENT_SERVER);
	s.zones[PARENT] = (struct rc_zone_view){.name = name_of("example"),
						.known_cut = true,
						.addrs = &s.parent_addr,
						.n_addrs = 1,
						.asked = 1,
						.usable = 1};
	s.zones[CHILD] = (struct rc_zone_view){.name = name_of("broken.example"),
					       .known_cut = true,
					       .ns = s.ns,
					       .n_ns = 1,
					       .addrs = s.child_addrs};
	s.asked_parent.state = RC_X_ANSWERED;
	s.looked_up[0] = (struct rc_exchange){.state = RC_X_ANSWERED,
					      .qtype = RC_TYPE_A,
					      .server = s.parent_addr,
					      .answer = {.rcode = RC_RCODE_NXDOMAIN}};
	s.links[0] = (struct rc_link){.x = &s.asked_parent,
				      .name = &s.names[0],
				      .answer = &s.referral,
				      .outcome = RC_OUT_USABLE,
				      .zone = PARENT};
	s.links[1] = s.links[2] = (struct rc_link){.x = &s.looked_up[0],
						   .name = &s.names[1],
						   .outcome = RC_OUT_USABLE,
						   .zone = PARENT};
	s.links[2].x = &s.looked_up[1];
	assert_int_equal(rc_book_new(1u << 16, SEED, &s.book), RC_OK);
	assert_int_equal(rc_hosts_new(1u << 16, SEED, &s.hosts), RC_OK);
	s.recorder = new_recorder();
	s.c = (struct rc_case){.x = &s.x,
			       .qname = &s.qname,
			       .book = s.book,
			       .hosts = s.hosts,
			       .recorder = s.recorder,
			       .seed = SEED,
			       .resolver = &s.resolver,
			       .n_resolver = 1,
			       .names = s.names,
			       .n_names = 2,
			       .links = s.links,
			       .n_links = 2,
			       .zones = s.zones,
			       .n_zones = ZONES,
			       .failed_zone = CHILD,
			       .weighing = true};
}

static void end(void)
{
	rc_book_free(s.book);
	rc_hosts_free(s.hosts);
	rc_recorder_free(s.recorder);
}

static enum rc_confidence judge(const char *slug)
{
	struct rc_finding f = {.explanation = NULL};
	const struct rc_rule *rule = NULL;
	for (size_t i = 0; (rule = rc_rule_at(i)) != NULL; i++)
		if (strcmp(rule->cause.slug, slug) == 0)
			break;
	assert_non_null(rule);
	enum rc_confidence confidence = rule->test(rule, &s.c, &f);
	end();
	begin();
	return confidence;
}

static enum rc_confidence names(void)
{
	return judge("delegation.ns_unresolvable");
}

static void a_nameserver_that_does_not_exist_is_proven(void **state)
{
	struct rc_exchange *lookup = &s.looked_up[0];
	(void)state;
	begin();
	assert_int_equal(names(), RC_CONF_PROVEN);
	lookup->qtype = RC_TYPE_AAAA;
	assert_int_equal(names(), RC_CONF_PROVEN);
	lookup->answer = (struct rc_msg_facts){.flags = RC_FLAG_AA}; /* NODATA */
	assert_int_equal(names(), RC_CONF_PROVEN);
	lookup->answer.rcode = RC_RCODE_SERVFAIL;
	s.links[1].outcome = RC_OUT_SERVFAIL;
	assert_int_equal(names(), RC_CONF_LIKELY);
	*lookup = (struct rc_exchange){.qtype = RC_TYPE_A};
	s.links[1].outcome = RC_OUT_TIMEOUT;
	assert_int_equal(names(), RC_CONF_POSSIBLE);
	end();
}

static void what_is_no_lookup_of_an_address_says_nothing_of_it(void **state)
{
	struct rc_exchange *lookup = &s.looked_up[0];
	(void)state;
	begin();
	lookup->qtype = RC_TYPE_DNSKEY;
	assert_int_equal(names(), RC_CONF_NONE);
	s.names[1].name = name_of("www.other.example");
	assert_int_equal(names(), RC_CONF_NONE);
	s.links[1].superseded = true;
	assert_int_equal(names(), RC_CONF_NONE);
	lookup->answer = (struct rc_msg_facts){.flags = 0}; /* a referral */
	assert_int_equal(names(), RC_CONF_NONE);
	lookup->answer = (struct rc_msg_facts){.flags = RC_FLAG_AA | RC_FLAG_TC};
	assert_int_equal(names(), RC_CONF_NONE);
	lookup->answer = (struct rc_msg_facts){.flags = RC_FLAG_AA, .counts = {1}};
	assert_int_equal(names(), RC_CONF_NONE);
	lookup->qtype = RC_TYPE_DNSKEY; /* the resolver says so at once, as of what it knows */
	s.x.end_ns = T0 + MS;
	assert_int_equal(names(), RC_CONF_POSSIBLE);
	end();
}

/* The keys of the zone that the nameserver's name lies in were asked for, its address never, and the resolver says "bogus". */
static void keys_in_place_of_an_address(void)
{
	s.looked_up[0].qtype = RC_TYPE_DNSKEY;
	s.looked_up[0].answer = (struct rc_msg_facts){.flags = RC_FLAG_AA, .counts = {2}};
	s.names[1].name = name_of("other.example");
	s.c.ede = 1u << RC_EDE_DNSSEC_BOGUS;
}

static void who_stops_at_the_keys_of_the_servers_zone_takes_no_address_from_there(void **state)
{
	(void)state;
	begin();
	keys_in_place_of_an_address();
	assert_int_equal(names(), RC_CONF_LIKELY);
	keys_in_place_of_an_address();
	assert_int_equal(judge("dnssec.validation_failed"), RC_CONF_POSSIBLE);
	keys_in_place_of_an_address();
	s.c.ede = 0;
	assert_int_equal(names(), RC_CONF_NONE);
	keys_in_place_of_an_address();
	s.names[1].name = name_of("example"); /* on the way to the question, too */
	assert_int_equal(names(), RC_CONF_NONE);
	keys_in_place_of_an_address();
	s.zones[CHILD].asked = 1; /* it had an address */
	assert_int_equal(names(), RC_CONF_NONE);
	keys_in_place_of_an_address();
	s.c.n_links = 3; /* the address was asked for, too */
	s.c.n_names = 3;
	s.names[2].name = name_of(NAMESERVER);
	s.links[2].name = &s.names[2];
	s.looked_up[1] = (struct rc_exchange){.state = RC_X_ANSWERED,
					      .qtype = RC_TYPE_A,
					      .answer = {.flags = RC_FLAG_AA, .counts = {1}}};
	assert_int_equal(names(), RC_CONF_NONE);
	end();
}

/* The resolver had told its client before they were answered: it waited for something else, or for nothing. */
static void a_lookup_under_way_when_the_client_was_told_is_not_one_that_failed(void **state)
{
	(void)state;
	begin();
	s.looked_up[0].answer = (struct rc_msg_facts){.flags = RC_FLAG_AA, .counts = {1}};
	s.links[1].outcome = RC_OUT_UNKNOWN;
	assert_int_equal(names(), RC_CONF_NONE);
	s.looked_up[0].answer = (struct rc_msg_facts){.flags = RC_FLAG_AA, .counts = {1}};
	s.links[1].outcome = RC_OUT_UNKNOWN;
	s.x.end_ns = T0 + MS;
	assert_int_equal(names(), RC_CONF_NONE);
	s.zones[CHILD].n_ns = 2; /* another name does not exist */
	s.ns[1] = name_of("ns2.other.example");
	struct rc_followed other = {.name = s.ns[1], .role = RC_ROLE_NAMESERVER};
	s.c.n_links = 3;
	s.links[2].name = &other;
	s.looked_up[1] = s.looked_up[0];
	s.links[1].outcome = RC_OUT_UNKNOWN;
	s.looked_up[0].answer = (struct rc_msg_facts){.flags = RC_FLAG_AA, .counts = {1}};
	assert_int_equal(names(), RC_CONF_POSSIBLE);
	end();
}

/* Resolvers have their addresses from elsewhere. */
static void the_roots_servers_need_no_addresses_in_answers(void **state)
{
	(void)state;
	begin();
	assert_int_equal(names(), RC_CONF_PROVEN);
	s.zones[CHILD].name = (struct rc_name){.len = 1};
	assert_int_equal(names(), RC_CONF_NONE);
	end();
}

static void the_surest_lookup_of_a_name_counts_and_every_name_has_to_fail(void **state)
{
	(void)state;
	begin();
	s.c.n_links = 3;
	s.looked_up[1].qtype = RC_TYPE_AAAA; /* without an answer */
	assert_int_equal(names(), RC_CONF_PROVEN);
	s.c.n_links = 3;
	s.looked_up[1] = s.looked_up[0];
	s.looked_up[1].answer.rcode = RC_RCODE_SERVFAIL;
	s.links[2].outcome = RC_OUT_SERVFAIL;
	assert_int_equal(names(), RC_CONF_PROVEN);
	s.c.n_links = 3;
	s.looked_up[1] = s.looked_up[0];
	s.looked_up[0] = (struct rc_exchange){.qtype = RC_TYPE_A};
	assert_int_equal(names(), RC_CONF_PROVEN);
	s.zones[CHILD].n_ns = 2; /* of the other nothing is seen */
	s.ns[1] = name_of("ns2.other.example");
	assert_int_equal(names(), RC_CONF_LIKELY);
	end();
}

static void addresses_that_may_stand_elsewhere_are_not_missing(void **state)
{
	(void)state;
	begin();
	s.asked_parent.marks = RC_X_CUT;
	assert_int_equal(names(), RC_CONF_LIKELY);
	s.asked_parent.marks = RC_X_CUT; /* one of IPv4 may have stood there */
	s.looked_up[0].qtype = RC_TYPE_AAAA;
	assert_int_equal(names(), RC_CONF_NONE);
	s.links[0].answer = NULL; /* the delegation is not seen */
	assert_int_equal(names(), RC_CONF_NONE);
	/* The resolver asks somebody for the name whom nobody told it of in sight. */
	s.c.n_links = 3;
	s.links[2].name = &s.names[0];
	s.links[2].zone = UNKNOWN;
	assert_int_equal(names(), RC_CONF_LIKELY);
	s.c.n_links = 3; /* that is so of names of the zone alone */
	s.links[2].zone = UNKNOWN;
	assert_int_equal(names(), RC_CONF_PROVEN);
	s.c.n_links = 3; /* and where the one asked is told of, all is told of */
	s.links[2].name = &s.names[0];
	assert_int_equal(names(), RC_CONF_PROVEN);
	s.zones[CHILD].n_mapped = 1;
	assert_int_equal(names(), RC_CONF_NONE);
	s.zones[CHILD].n_ns = 0;
	assert_int_equal(names(), RC_CONF_NONE);
	s.zones[CHILD].usable = 1;
	assert_int_equal(names(), RC_CONF_NONE);
	end();
}

static void ask_over_ipv6(void)
{
	s.resolver = addr("2001:db8::53");
	s.zones[CHILD].n_addrs = 1;
	s.child_addrs[0] = addr("203.0.113.2");
}

/* Its servers have addresses of one family, and the resolver is seen to ask over the other alone. */
static void who_asks_over_the_other_family_may_find_no_way(void **state)
{
	(void)state;
	begin();
	ask_over_ipv6();
	assert_int_equal(names(), RC_CONF_POSSIBLE);
	ask_over_ipv6();
	s.resolver = addr(RESOLVER);
	assert_int_equal(names(), RC_CONF_NONE);
	ask_over_ipv6();
	s.zones[CHILD].n_addrs = 2;
	s.child_addrs[1] = addr("2001:db8::2");
	assert_int_equal(names(), RC_CONF_NONE);
	ask_over_ipv6();
	s.c.n_links = 1; /* that its own family works is not seen */
	assert_int_equal(names(), RC_CONF_NONE);
	ask_over_ipv6();
	s.zones[CHILD].n_mapped = 1;
	assert_int_equal(names(), RC_CONF_NONE);
	end();
}

static enum rc_confidence glue(const char *first, const char *second)
{
	const char *const given[] = {first, second};
	for (size_t i = 0; i < 2 && given[i] != NULL; i++)
		s.child_addrs[s.zones[CHILD].n_addrs++] = addr(given[i]);
	return judge("delegation.glue_unroutable");
}

static void addresses_where_nothing_can_be_are_proven_and_those_of_networks_likely(void **state)
{
	(void)state;
	begin();
	assert_int_equal(glue(NOWHERE, NULL), RC_CONF_PROVEN);
	assert_int_equal(glue("10.9.9.9", NULL), RC_CONF_LIKELY);
	assert_int_equal(glue("10.9.9.9", NOWHERE), RC_CONF_LIKELY);
	assert_int_equal(glue("9.9.9.9", NOWHERE), RC_CONF_NONE);
	assert_int_equal(glue(NULL, NULL), RC_CONF_NONE);
	s.zones[CHILD].n_mapped = 1;
	assert_int_equal(glue(NULL, NULL), RC_CONF_PROVEN);
	s.asked_parent.marks = RC_X_CUT; /* others may have stood in the rest */
	assert_int_equal(glue(NOWHERE, NULL), RC_CONF_NONE);
	s.c.n_links = 0;
	assert_int_equal(glue(NOWHERE, NULL), RC_CONF_POSSIBLE);
	end();
}

static void where_the_zone_above_lives_in_that_range_servers_can_be(void **state)
{
	(void)state;
	begin();
	s.parent_addr = addr("240.0.0.2");
	assert_int_equal(glue(NOWHERE, NULL), RC_CONF_PROVEN);
	s.parent_addr = addr("240.0.0.2"); /* it is there, and answers nobody */
	enter_asker(s.hosts, "240.0.0.2")->answered = 0;
	assert_int_equal(glue(NOWHERE, NULL), RC_CONF_PROVEN);
	s.parent_addr = addr("240.0.0.2");
	enter_asker(s.hosts, "240.0.0.2")->answered = 1;
	assert_int_equal(glue(NOWHERE, NULL), RC_CONF_NONE);
	/* A zone beside it is not above, and of those above the nearest counts. */
	s.zones[OTHER] = s.zones[PARENT];
	s.zones[OTHER].name = name_of("other");
	s.zones[PARENT].n_addrs = 0;
	s.parent_addr = addr("240.0.0.2");
	enter_asker(s.hosts, "240.0.0.2")->answered = 1;
	assert_int_equal(glue(NOWHERE, NULL), RC_CONF_PROVEN);
	s.zones[OTHER] = s.zones[PARENT];
	s.zones[OTHER].name = (struct rc_name){.len = 1};
	s.zones[OTHER].addrs = &s.child_addrs[1];
	s.child_addrs[1] = addr("240.0.0.2");
	enter_asker(s.hosts, "240.0.0.2")->answered = 1;
	assert_int_equal(glue(NOWHERE, NULL), RC_CONF_PROVEN);
	end();
}

static enum rc_confidence loop(void)
{
	return judge("delegation.loop");
}

static void lead_back(void)
{
	s.ns[0] = name_of("ns.broken.example");
	s.c.n_links = 1;
}

static void a_zone_whose_servers_are_named_below_it_alone_is_a_loop(void **state)
{
	(void)state;
	begin();
	lead_back();
	assert_int_equal(loop(), RC_CONF_PROVEN);
	lead_back(); /* what is asked for other names says nothing of it */
	s.c.n_links = 2;
	s.looked_up[0].marks = RC_X_CUT;
	s.links[1].zone = RC_ZONE_NONE;
	assert_int_equal(loop(), RC_CONF_PROVEN);
	lead_back(); /* it only looks like the parent */
	s.asked_parent.server = addr("203.0.113.9");
	assert_int_equal(loop(), RC_CONF_POSSIBLE);
	lead_back();
	s.links[0].zone = RC_ZONE_NONE;
	assert_int_equal(loop(), RC_CONF_POSSIBLE);
	lead_back();
	s.zones[PARENT].known_cut = false;
	assert_int_equal(loop(), RC_CONF_POSSIBLE);
	lead_back(); /* a cache may tell a part of the delegation */
	s.asked_parent.answer.flags = RC_FLAG_RA;
	assert_int_equal(loop(), RC_CONF_POSSIBLE);
	lead_back();
	s.asked_parent.marks = RC_X_CUT;
	assert_int_equal(loop(), RC_CONF_NONE);
	lead_back();
	s.links[0].answer = NULL;
	assert_int_equal(loop(), RC_CONF_NONE);
	lead_back();
	s.zones[CHILD].n_mapped = 1;
	assert_int_equal(loop(), RC_CONF_NONE);
	lead_back();
	s.zones[CHILD].n_addrs = 1;
	assert_int_equal(loop(), RC_CONF_NONE);
	lead_back();
	s.zones[CHILD].n_ns = 0;
	assert_int_equal(loop(), RC_CONF_NONE);
	end();
}

static void a_way_round_by_another_zone_is_a_loop_if_no_way_leads_out(void **state)
{
	struct rc_name back = name_of("ns.broken.example"), away = name_of("ns.elsewhere.test");
	(void)state;
	begin();
	for (unsigned i = 0; i < 5; i++) {
		s.c.n_links = 1;
		s.zones[OTHER] = (struct rc_zone_view){.name = name_of("other.example"),
						       .known_cut = i != 3,
						       .ns = i == 1 ? &away : &back,
						       .n_ns = i != 4,
						       .addrs = s.child_addrs,
						       .n_addrs = i == 2};
		assert_int_equal(loop(), i == 0 ? RC_CONF_PROVEN : RC_CONF_NONE);
	}
	/* Two servers, of which one leads back: the other leads nowhere, or it is not known where. */
	for (unsigned known = 0; known < 2; known++) {
		lead_back();
		s.zones[CHILD].n_ns = 2;
		s.ns[1] = name_of(NAMESERVER);
		s.zones[OTHER] = (struct rc_zone_view){.name = name_of("other.example"),
						       .known_cut = true,
						       .ns = &s.ns[1],
						       .n_ns = known};
		assert_int_equal(loop(), known ? RC_CONF_PROVEN : RC_CONF_NONE);
	}
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_nameserver_that_does_not_exist_is_proven),
		cmocka_unit_test(what_is_no_lookup_of_an_address_says_nothing_of_it),
		cmocka_unit_test(
			a_lookup_under_way_when_the_client_was_told_is_not_one_that_failed),
		cmocka_unit_test(
			who_stops_at_the_keys_of_the_servers_zone_takes_no_address_from_there),
		cmocka_unit_test(the_roots_servers_need_no_addresses_in_answers),
		cmocka_unit_test(the_surest_lookup_of_a_name_counts_and_every_name_has_to_fail),
		cmocka_unit_test(addresses_that_may_stand_elsewhere_are_not_missing),
		cmocka_unit_test(who_asks_over_the_other_family_may_find_no_way),
		cmocka_unit_test(
			addresses_where_nothing_can_be_are_proven_and_those_of_networks_likely),
		cmocka_unit_test(where_the_zone_above_lives_in_that_range_servers_can_be),
		cmocka_unit_test(a_zone_whose_servers_are_named_below_it_alone_is_a_loop),
		cmocka_unit_test(a_way_round_by_another_zone_is_a_loop_if_no_way_leads_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
