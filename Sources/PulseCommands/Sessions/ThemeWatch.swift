import Dispatch
import Foundation
import Glibc
import PulseConsole
import PulseResources
import PulseTerminal
import Synchronization

/// Tells a console of its themes, and again whenever somebody saves one of their files.
struct ThemeWatch: Sendable {
    let library: ThemeLibrary
    /// Name of a theme, or the path of a file; `nil`: the default.
    let wanted: String?

    /// The news of now, then those of each change. Ends with the reader.
    func news() -> AsyncStream<ThemeNews> {
        // Only the newest state matters to a reader that is late.
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let readings = Mutex(ThemeReadings(library: library, wanted: wanted))
            continuation.yield(readings.withLock { $0.read() })
            guard let watch = FolderWatch(folders: folders) else { return }
            watch.start {
                continuation.yield(readings.withLock { $0.read() })
            }
            continuation.onTermination = { _ in watch.stop() }
        }
    }

    /// Where files may appear. The parent is watched for a folder of themes that is made later.
    private var folders: [String] {
        let parents = library.files(wanted).map { ($0 as NSString).deletingLastPathComponent }
        var folders = [library.folder, (library.folder as NSString).deletingLastPathComponent]
        for parent in parents where !folders.contains(parent) { folders.append(parent) }
        return folders
    }
}

/// What was last read of each theme, so that a file that is wrong now keeps its last good state.
struct ThemeReadings: Sendable {
    private let library: ThemeLibrary
    private let wanted: String?
    private var good: [String: Theme] = [:]

    init(library: ThemeLibrary, wanted: String?) {
        self.library = library
        self.wanted = wanted
    }

    /// Reads all files anew.
    mutating func read() -> ThemeNews {
        var problems: [String] = []
        var themes: [Theme] = []
        for own in Embedded.themes {
            // They travel with the binary and are held by tests.
            if let theme = try? Theme(yaml: own.yaml, file: "\(own.name).yaml") { themes.append(theme) }
        }
        themes.append(.terminal)
        let files = library.files(wanted)
        good = good.filter { files.contains($0.key) }
        for file in files {
            do {
                good[file] = try library.read(file)
            } catch {
                problems.append("\(error)")
            }
            guard let theme = good[file] else { continue }
            // A file of the user takes the place of what has its name.
            if let index = themes.firstIndex(where: { $0.name == theme.name }) {
                themes[index] = theme
            } else {
                themes.append(theme)
            }
        }
        return ThemeNews(themes: themes, problems: problems)
    }
}

/// Calls back when a file in one of some folders was saved, moved or removed (inotify(7)).
final class FolderWatch: Sendable {
    private let descriptor: Int32
    // Set once. Dispatch's objects may be used from any thread (libdispatch's own documentation); only their type does
    // not say so.
    private nonisolated(unsafe) let source: any DispatchSourceRead
    private let folders: [String]

    /// `nil` where the system has no watches left: then nothing is told, and all else goes on.
    init?(folders: [String]) {
        descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { return nil }
        self.folders = folders
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global(qos: .utility))
        addWatches()
    }

    func start(_ changed: @escaping @Sendable () -> Void) {
        let descriptor = descriptor
        source.setEventHandler { [weak self] in
            // What exactly changed does not matter; what came together is one change.
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while Glibc.read(descriptor, &buffer, buffer.count) > 0 {}
            self?.addWatches()
            changed()
        }
        source.setCancelHandler { close(descriptor) }
        source.resume()
    }

    func stop() { source.cancel() }

    /// Folders that do not exist yet are tried again with each change around them; one that is watched already stays so.
    private func addWatches() {
        let mask = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE
        for folder in folders { inotify_add_watch(descriptor, folder, UInt32(mask)) }
    }
}
