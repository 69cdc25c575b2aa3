import PulseDomain
import Testing

@Suite struct RunTransitionTests {
    private static let pairs = RunStateName.allCases.flatMap { state in RunEvent.allCases.map { (state, $0) } }

    @Test func `every state that is not final can be left by the worker or by time alone or by a command`() {
        for state in RunStateName.allCases where !state.isFinal {
            let exits = RunEvent.allCases.filter { event in
                if case .move(let next) = RunTransition.decide(state, event) { next != state } else { false }
            }
            #expect(!exits.isEmpty, "\(state) has no exit")
        }
    }

    @Test func `from every state that is not final some way leads to an end`() {
        for state in RunStateName.allCases {
            var reached: Set<RunStateName> = [state]
            var open = [state]
            while let next = open.popLast() {
                for event in RunEvent.allCases {
                    guard case .move(let to) = RunTransition.decide(next, event), reached.insert(to).inserted else {
                        continue
                    }
                    open.append(to)
                }
            }
            #expect(reached.contains { $0.isFinal }, "\(state) never ends")
        }
    }

    @Test(arguments: pairs)
    func `every command is carried out, true already, or refused with what is possible`(
        state: RunStateName, event: RunEvent
    ) {
        switch RunTransition.decide(state, event) {
        case .move(let next):
            #expect(next != state, "a move goes somewhere")
        case .stay(let because): #expect(because.hasSuffix("."))
        case .refuse(let because, let instead):
            #expect(because.hasSuffix(".") && instead.hasSuffix("."))
        }
    }

    @Test(arguments: pairs.filter { $0.0.isFinal && !$0.1.isCommand })
    func `no late report changes a run that is over`(state: RunStateName, event: RunEvent) {
        guard case .stay = RunTransition.decide(state, event) else {
            Issue.record("\(event) changes a run that is \(state)")
            return
        }
    }

    @Test func `random events never lead where a command is ignored and the last command wins`() {
        var generator = SplitMix(state: 42)
        for _ in 0..<2_000 {
            var state = RunStateName.queued
            var wanted: RunEvent?
            for _ in 0..<40 {
                let event = RunEvent.allCases.randomElement(using: &generator) ?? .stop
                guard case .move(let next) = RunTransition.decide(state, event) else { continue }
                if event.isCommand { wanted = event }
                // A stop that was taken is never followed by running without another command.
                if wanted == .stop, !event.isCommand { #expect([.stopping, .stopped, .succeeded].contains(next)) }
                // A pause is only left by time, a command or the end.
                if wanted == .pause, !event.isCommand, event != .pauseEnded {
                    #expect([.pausing, .paused, .succeeded, .failed].contains(next), "\(event) led to \(next)")
                }
                if event == .pauseEnded { wanted = nil }
                state = next
            }
        }
    }

    @Test(arguments: [
        Case(.running, .pause, .pausing), Case(.pausing, .reachedBoundary, .paused), Case(.paused, .resume, .queued),
        Case(.waiting, .stop, .stopping), Case(.stopping, .reachedBoundary, .stopped), Case(.failed, .retry, .queued),
        Case(.running, .lostWorker, .queued), Case(.pausing, .lostWorker, .paused), Case(.stopping, .failed, .stopped),
        Case(.queued, .claimed, .running), Case(.waiting, .completed, .succeeded), Case(.paused, .pauseEnded, .queued),
    ])
    func `the table says`(example: Case) {
        #expect(RunTransition.decide(example.state, example.event) == .move(example.next))
    }

    struct Case: CustomTestStringConvertible {
        var (state, event, next): (RunStateName, RunEvent, RunStateName)

        init(_ state: RunStateName, _ event: RunEvent, _ next: RunStateName) {
            (self.state, self.event, self.next) = (state, event, next)
        }

        var testDescription: String { "\(state) + \(event) = \(next)" }
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }
}
