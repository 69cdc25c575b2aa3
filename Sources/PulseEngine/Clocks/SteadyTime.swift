import PulseDomain
import Synchronization

/// The time line on which limits are kept: it goes on like ``TimeSource/elapsed`` and never jumps, so that a step of
/// the wall clock neither sends a request early nor prolongs a wait. What is shown and what is stored is told on the
/// wall clock's line, with the distance between the two as it is then.
final class SteadyTime: Sendable {
    private let time: any TimeSource
    /// What the wall clock read when ``TimeSource/elapsed`` was zero, as far as was known at the beginning.
    private let origin: Instant
    private let distance = Mutex(Duration.zero)
    /// How far the line was moved to be the one that several processes go by.
    private let moved = Mutex(Duration.zero)
    /// Two readings of two clocks never agree exactly: a distance that changed by less is the same, or what is told
    /// would change with each look.
    private static let tolerance: Duration = .milliseconds(250)

    init(_ time: any TimeSource) {
        self.time = time
        origin = time.now - time.elapsed
    }

    /// A moment on the steady line.
    var now: Instant { origin + time.elapsed + moved.withLock { $0 } }

    /// Moves the line so that it reads `now`: what others go by counts.
    func adopt(_ now: Instant) {
        let own = origin + time.elapsed
        moved.withLock { $0 = now - own }
    }

    /// What the wall clock reads.
    var wall: Instant { time.now }

    /// What has to be added to a moment of the steady line to tell it on the wall clock's.
    var toWall: Duration {
        let present = time.now - now
        return distance.withLock { known in
            let change = present - known
            if change > Self.tolerance || change < .zero - Self.tolerance { known = present }
            return known
        }
    }
}
