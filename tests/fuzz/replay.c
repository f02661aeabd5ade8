/*
 * Runs a fuzz target without a fuzzer: over the files given, and over mutations of them and random
 * inputs from a fixed seed, so that every run does the same. With libFuzzer leave this file out.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX 65536u
#define RANDOM_INPUTS 3000u
#define RANDOM_LEN_MAX 600u
#define MUTATIONS 50u /* of each file */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t state = 0x9e3779b97f4a7c15u;

/* xorshift64 (Marsaglia 2003). */
static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void run_random(void)
{
	uint8_t data[RANDOM_LEN_MAX];
	for (unsigned i = 0; i < RANDOM_INPUTS; i++) {
		size_t size = (size_t)(next() % RANDOM_LEN_MAX);
		/* Few high bits: lengths and counts that are small get further into the parsers. */
		uint8_t mask = (uint8_t)(i % 3 == 0 ? 0xff : i % 3 == 1 ? 0x0f : 0x3f);
		for (size_t k = 0; k < size; k++)
			data[k] = (uint8_t)next() & mask;
		LLVMFuzzerTestOneInput(data, size);
	}
}

static void run_mutations(const uint8_t *data, size_t size)
{
	static uint8_t copy[INPUT_MAX];
	for (unsigned i = 0; i < MUTATIONS && size > 0; i++) {
		size_t kept = i % 4 == 3 ? 1 + (size_t)(next() % size) : size;
		memcpy(copy, data, kept);
		for (unsigned k = 0; k <= i % 3; k++)
			copy[next() % kept] = (uint8_t)next();
		LLVMFuzzerTestOneInput(copy, kept);
	}
}

static int run_file(const char *path)
{
	static uint8_t data[INPUT_MAX];
	FILE *in = fopen(path, "rb");
	if (in == NULL) {
		fprintf(stderr, "replay: %s: cannot be opened\n", path);
		return 1;
	}
	size_t size = fread(data, 1, sizeof data, in);
	fclose(in);
	LLVMFuzzerTestOneInput(data, size);
	run_mutations(data, size);
	return 0;
}

int main(int argc, char **argv)
{
	int failed = 0;
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++)
		failed |= run_file(argv[i]);
	run_random();
	return failed;
}
