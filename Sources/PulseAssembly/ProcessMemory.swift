import CMalloc

/// How the process asks the system for memory.
package enum ProcessMemory {
    /// Keeps the process as large as what it holds, however much passes through it. To be called before threads begin.
    ///
    /// By itself glibc's allocator opens up to eight arenas a core, each of which keeps what it once needed, and stops
    /// giving large blocks back to the system after the first is freed (mallopt(3), `M_ARENA_MAX`, `M_MMAP_THRESHOLD`):
    /// a load of 200,000 records peaked 25 % above one of 20,000, with these limits 3 to 9 %.
    package static func keepSmall() {
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_MMAP_THRESHOLD, 256 << 10)
        mallopt(M_TRIM_THRESHOLD, 128 << 10)
    }
}
