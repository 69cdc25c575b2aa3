import CMalloc
import Glibc
import Synchronization

/// How the process asks the system for memory.
package enum ProcessMemory {
    /// What the process had of the machine's memory when it gave back what it did not need; `nil` unless it is to be kept
    /// small. In bytes.
    private static let floor = Mutex<Int?>(nil)
    /// Giving back more often costs time: what is given back has to be asked for again, and cleared.
    private static let growthInBytes = 12 << 20

    /// Keeps the process as large as what it holds, however much passes through it. To be called before threads begin.
    ///
    /// By itself glibc's allocator opens up to eight arenas a core, each of which keeps what it once needed (mallopt(3),
    /// `M_ARENA_MAX`); with one, a load was as quick on two cores, and smaller. Blocks above the threshold are given back
    /// to the system at once, so it is above the size of a page of records (`M_MMAP_THRESHOLD`): else each page is
    /// written into memory that the system has to make and clear first, which took an eighth of a load's processor time.
    /// It is below that of the buffers that readers keep: what they do not fill is none of the process's memory then. Some
    /// is kept at the top of the heap (`M_TRIM_THRESHOLD`).
    package static func keepSmall() {
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_MMAP_THRESHOLD, 5 << 19)
        mallopt(M_TRIM_THRESHOLD, 8 << 20)
        floor.withLock { $0 = .max }
    }

    /// Gives back what lies unused between what is used, when the process has grown since the last time: pages of many
    /// sizes come and go, and the holes that they leave fit ever fewer of those that follow. To be called now and then.
    package static func giveBack() {
        floor.withLock { floor in
            guard let before = floor, let now = residentSizeInBytes() else { return }
            guard now > before, now - before > growthInBytes else {
                floor = min(before, now)
                return
            }
            // Nothing to give back is as good (malloc_trim(3)).
            malloc_trim(0)
            floor = residentSizeInBytes() ?? now
        }
    }

    /// The second number of proc_pid_statm(5), which counts pages.
    private static func residentSizeInBytes() -> Int? {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 128)
        let count = read(file, &text, text.count)
        guard count > 0 else { return nil }
        let words = text[..<count].split(separator: UInt8(ascii: " "))
        guard words.count > 1, let pages = Int(String(decoding: words[1], as: UTF8.self)) else { return nil }
        return pages * Int(getpagesize())
    }
}
