/*
 * The measure that rcause's instructions are counted in: reads a capture file of traffic.c and takes a
 * checksum octet by octet, in a loop that compilers can do little about.
 */
#include <stdint.h>
#include <stdio.h>

enum { FILE_HEADER = 24, RECORD = 16, FRAME_MAX = 65536 };

int main(int argc, char **argv)
{
	static uint8_t frame[FRAME_MAX];
	uint32_t record[RECORD / 4], sum = 2166136261u;
	FILE *in = argc == 2 ? fopen(argv[1], "rb") : NULL;
	if (in == NULL || fread(frame, FILE_HEADER, 1, in) != 1)
		return 2;
	while (fread(record, RECORD, 1, in) == 1 && record[2] <= FRAME_MAX &&
	       fread(frame, record[2], 1, in) == 1)
		for (uint32_t i = 0; i < record[2]; i++) {
			sum = (sum ^ frame[i]) * 16777619u;
			__asm__ volatile("" : "+r"(sum), "+r"(i)); /* no unrolling */
		}
	printf("%08x\n", (unsigned)sum);
	return fclose(in) != 0;
}
