#ifndef PULSE_CSPAWN_H
#define PULSE_CSPAWN_H

#include <spawn.h>

/* A child begins with no signal blocked and the usual reaction to each, whatever this process blocks and ignores: threads
   of a pool block signals, and shells ignore some. With own_group it leads a process group of its own, so that it and its
   children can be ended together. */
void pulse_spawn_afresh(posix_spawnattr_t *attributes, int own_group);

/* A file that is nowhere but in memory and is closed in processes that are started; -1 and errno when there is none.
   memfd_create(2) is hidden from Swift by a feature macro. */
int pulse_memory_file(void);

#endif
