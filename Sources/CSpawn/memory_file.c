#define _GNU_SOURCE
#include "spawn_attributes.h"
#include <sys/mman.h>

int pulse_memory_file(void) { return memfd_create("pulse", MFD_CLOEXEC); }
