import NIOCore
import Synchronization

/// Tells the request that is being answered on a connection that its client has gone.
///
/// The server reads nothing more while it answers, so nobody else would notice. HTTP/1.1 has one request at a time on a
/// connection; a client that closes its sending side counts as gone, as HTTP servers commonly hold it.
final class ConnectionWatch: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = NIOAny

    private struct State {
        var hasEnded = false
        var onEnd: (@Sendable () -> Void)?
    }

    private let counts: ServerCounts
    private let state = Mutex(State())

    init(counts: ServerCounts) { self.counts = counts }

    /// The watch of a connection.
    static func of(_ channel: any Channel) async throws -> ConnectionWatch {
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: ConnectionWatch.self)
        }.get()
    }

    /// Has `action` called when the client goes, at once when it has gone; `nil` takes it away again.
    func onEnd(_ action: (@Sendable () -> Void)?) {
        let hasEnded = state.withLock { state in
            state.onEnd = state.hasEnded ? nil : action
            return state.hasEnded
        }
        if hasEnded { action?() }
    }

    private func end() {
        let action = state.withLock { state in
            defer { state.onEnd = nil }
            state.hasEnded = true
            return state.onEnd
        }
        action?()
    }

    func handlerAdded(context: ChannelHandlerContext) { counts.addConnection() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { end() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end()
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }
}
