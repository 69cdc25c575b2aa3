import PulseControl
import PulseDomain
import Synchronization

/// The right to run a gateway on a folder of accounts, which one process has at a time.
///
/// Two would count requests each for itself, and write over each other what they count and which tenants they serve.
/// `pulse-server user` and `key` need no such right: the running gateway reads what they change.
final class DataFolderClaim: Sendable {
    private let holder: Mutex<StoreHolder?>

    /// Takes the folder, which has to be there. Never waits. Throws `Failure` where another gateway has it.
    init(_ folder: String, at now: Instant) throws {
        do throws(HolderError) {
            holder = Mutex(
                try StoreHolder.acquire(databasePath: "\(folder)/gateway", socketPath: "", version: "", at: now))
        } catch .held(_, let other) {
            let who = other.map { ": process \($0.pid) on \($0.host), since \($0.since.iso8601ToSecond)" } ?? ""
            throw Failure(
                .ours, code: "holder.held", "Another gateway works with the accounts in \(folder)\(who).",
                remedy: "End that one, or give this one a folder of its own with --data.")
        } catch {
            throw error.failure
        }
    }

    /// Lets the next one in.
    func end() { holder.withLock { $0 = nil } }
}
