import PulseCommands
import Synchronization

/// A person at the terminal who answers what is asked, in order.
final class Answers: Sendable {
    private let state: Mutex<(rest: [String], asked: [String], secrets: [Bool])>

    convenience init(_ answers: String...) { self.init(answers) }

    init(_ answers: [String]) { state = Mutex((answers, [], [])) }

    var asked: [String] { state.withLock { $0.asked } }
    var secrets: [Bool] { state.withLock { $0.secrets } }

    var questions: TerminalQuestions {
        TerminalQuestions { question, isSecret in
            self.state.withLock { state in
                state.asked.append(question)
                state.secrets.append(isSecret)
                return state.rest.isEmpty ? nil : state.rest.removeFirst()
            }
        }
    }
}
