import Glibc
import PulseTerminal

// A program with a screen that ends in the way its argument names, for tests of what it leaves behind. It draws on
// standard output, says READY on the screen, and then waits for signals or brings its own end about.

/// Goes on until the stack is used up; adding afterwards keeps it from becoming a loop.
func recurse(_ depth: Int) -> Int {
    depth < 0 ? 0 : recurse(depth + 1) &+ getpid().hashValue
}

/// Traps as a mistake in Swift code does: no `defer` runs.
func trap(_ numbers: [Int], at index: Int) -> Int { numbers[index] }

/// Waits for ever without looking at anything that the terminal says.
func wait() -> Never {
    while true { pause() }
}

let ending = CommandLine.arguments.dropFirst().first ?? ""
var noCore = rlimit(rlim_cur: 0, rlim_max: 0)
setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &noCore)

if ending == "ask" {
    // Asks for a secret, without a screen.
    let isAsked: Void? = ModeChange.without(ECHO | ICANON | ISIG, on: STDIN_FILENO) {
        var byte: UInt8 = 0
        print("READY")
        fflush(nil)
        while read(STDIN_FILENO, &byte, 1) == 1, byte != UInt8(ascii: "q") {}
    }
    exit(isAsked == nil ? 1 : 0)
}

var options = TerminalOptions(
    environment: TerminalEnvironment { name in getenv(name).map { String(cString: $0) } })
options.descriptors = (STDIN_FILENO, STDOUT_FILENO)
let terminal = try Terminal(options)
var surface = Surface(terminal.size)
surface.put("READY", at: Point(2, 1), style: Style(.ok, on: .selection, .bold))
terminal.present(surface, cursor: Point(3, 1))

switch ending {
case "stuck": wait()
case "exit": exit(7)
case "trap": print(trap([1], at: ending.utf8.count))
case "overflow": print(recurse(0))
case "pool":
    Task.detached { print(recurse(0)) }
    wait()
case "slow":
    // Gives the terminal back at the first request, and then takes for ever to finish its work.
    while !terminal.waitForEvents(until: nil).contains(.terminate(signal: SIGTERM)) {}
    terminal.restore()
    print("FINISHING")
    fflush(nil)
    wait()
case "thread":
    var thread = pthread_t()
    pthread_create(
        &thread, nil,
        { _ in
            print(trap([], at: 1))
            return nil
        }, nil)
    wait()
default:
    while true {
        for event in terminal.waitForEvents(until: nil) {
            switch event {
            case .terminate(let signal): terminal.end(bySignal: signal)
            case .hangup: terminal.end(bySignal: SIGHUP)
            case .resize: terminal.present(surface)
            case .key(KeyPress("q")):
                terminal.restore()
                exit(0)
            default: break
            }
        }
    }
}
