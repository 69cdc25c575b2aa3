import CMalloc

/// How the process asks the system for memory.
package enum ProcessMemory {
    /// Keeps the process as large as what it holds, however much passes through it. To be called before threads begin.
    ///
    /// By itself glibc's allocator opens up to eight arenas a core, each of which keeps what it once needed (mallopt(3),
    /// `M_ARENA_MAX`); with one, a load was as quick on two cores, and smaller. Blocks above the threshold are given back
    /// to the system at once, so it is above the size of a page of records (`M_MMAP_THRESHOLD`): else each page is
    /// written into memory that the system has to make and clear first, which took an eighth of a load's processor time.
    /// As much is kept at the top of the heap (`M_TRIM_THRESHOLD`).
    package static func keepSmall() {
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_MMAP_THRESHOLD, 4 << 20)
        mallopt(M_TRIM_THRESHOLD, 8 << 20)
    }
}
