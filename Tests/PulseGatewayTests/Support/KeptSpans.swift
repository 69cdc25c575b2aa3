import PulseDomain
import Synchronization

/// Keeps what it is told.
final class KeptSpans: SpanSink {
    private let kept = Mutex<[Span]>([])
    var spans: [Span] { kept.withLock { $0 } }
    func record(_ span: Span) { kept.withLock { $0.append(span) } }
}
