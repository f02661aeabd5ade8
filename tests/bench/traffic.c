/*
 * Writes a capture of resolvers at work, seen from both sides, for the benchmark; and the truth about
 * its failures. The same seed gives the same bytes.
 *
 *   traffic [-p PROFILE] [-n PACKETS] [-c CLIENTS] [-q QUERIES_PER_SECOND] [-w narrow|scattered]
 *           [-s SEED] [-l LABELS] [-o FILE]
 *
 * Four resolvers, a million zones asked by Zipf's law, delegations and servers that follow from the
 * zone; referrals, DNSSEC records and glue as servers give them. Signatures are noise: nobody can
 * check them, as no zone's keys lead to a trust anchor. A label is written for each failure alone:
 * an event without a label is invented.
 */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traffic.h"

static const struct profile profiles[] = {
	{"healthy", 0, 110, 0, 800, false, false, false, false},
	{"normal", 30, 110, 10, 800, false, false, false, false},
	{"storm", 600, 40, 5, 800, true, false, false, false},
	{"crowd", 600, 40, 5, 800, true, true, false, false},
	{"flood", 10, 700, 5, 800, false, false, true, false},
	{"hostile", 30, 110, 10, 800, false, false, false, true},
};

uint64_t random64(struct traffic *g)
{
	return mix(g->random++);
}

unsigned below(struct traffic *g, unsigned n)
{
	return (unsigned)((random64(g) >> 32) * n >> 32);
}

bool chance(struct traffic *g, unsigned of_1000)
{
	return below(g, 1000) < of_1000;
}

double unit(struct traffic *g)
{
	return (double)(random64(g) >> 11) / (double)(UINT64_C(1) << 53);
}

/* Rank by Zipf's law with exponent 1: the logarithm of the rank is uniform. */
unsigned zipf(struct traffic *g, unsigned n)
{
	unsigned rank = (unsigned)(exp(unit(g) * log(n + 1.0)) - 1.0);
	return rank < n ? rank : n - 1;
}

int64_t between(struct traffic *g, int64_t min_us, int64_t max_us)
{
	double ratio = (double)max_us / (double)min_us;
	return (int64_t)((double)min_us * pow(ratio, unit(g)));
}

static FILE *open_or_die(const char *path)
{
	FILE *f = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
	if (f == NULL) {
		perror(path);
		exit(1);
	}
	setvbuf(f, NULL, _IOFBF, 1 << 20);
	return f;
}

static const struct profile *profile_of(const char *name)
{
	for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
		if (strcmp(profiles[i].name, name) == 0)
			return &profiles[i];
	fprintf(stderr, "traffic: %s: no such profile\n", name);
	exit(2);
}

static void parse_options(struct traffic *g, int argc, char **argv)
{
	int option;
	double rate = 20000;
	g->profile = profile_of("normal");
	g->packets = 1000000;
	g->clients = 50000;
	while ((option = getopt(argc, argv, "p:n:c:q:w:s:l:o:")) != -1) {
		switch (option) {
		case 'p':
			g->profile = profile_of(optarg);
			break;
		case 'n':
			g->packets = strtoull(optarg, NULL, 10);
			break;
		case 'c':
			g->clients = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'q':
			rate = strtod(optarg, NULL);
			break;
		case 'w':
			g->scattered = strcmp(optarg, "scattered") == 0;
			break;
		case 's':
			g->random = strtoull(optarg, NULL, 10) << 40;
			break;
		case 'l':
			g->labels = open_or_die(optarg);
			break;
		case 'o':
			g->out = open_or_die(optarg);
			break;
		default:
			fprintf(stderr, "usage: see the head of traffic.c\n");
			exit(2);
		}
	}
	g->mean_gap_us = 1e6 / rate;
	if (g->out == NULL)
		g->out = stdout;
}

int main(int argc, char **argv)
{
	static struct traffic run; /* large, and zero */
	struct traffic *g = &run;
	static const uint32_t header[6] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 262144, 1};
	parse_options(g, argc, argv);
	fwrite(header, sizeof header, 1, g->out);
	double t = (double)START_US;
	while (g->scheduled < g->packets) {
		t += -log(1.0 - unit(g)) * g->mean_gap_us;
		ask(g, (int64_t)t);
		write_until(g, (int64_t)t - 10 * MS); /* nothing is scheduled that far back */
	}
	write_until(g, INT64_MAX);
	bool bad = fclose(g->out) != 0;
	if (g->labels != NULL)
		bad |= fclose(g->labels) != 0;
	fprintf(stderr, "%s: %llu packets, %llu questions\n", g->profile->name,
		(unsigned long long)g->written, (unsigned long long)g->queries);
	return bad;
}
