import PulseHTTP
import PulseJSON

/// What a simulated server is about to answer.
struct Answer: Sendable {
    var status = 200
    var headers = HTTPHeaders()
    var body: [UInt8] = []
    /// What the answer counts for in a quota by points.
    var points = 1

    static func json(_ body: [UInt8]) -> Answer { json(points: 1, body) }

    static func json(points: Int, _ body: [UInt8], status: Int = 200) -> Answer {
        var answer = Answer(status: status, body: body, points: points)
        answer.headers.set("Content-Type", "application/json;charset=UTF-8")
        return answer
    }

    static func document(_ status: Int = 200, points: Int = 1, _ body: (inout JSONWriter) -> Void) -> Answer {
        json(points: points, JSONWriter.document(body), status: status)
    }

    static func html(_ status: Int, title: String) -> Answer {
        let page = "<!DOCTYPE html>\n<html><head><title>\(title)</title></head><body><h1>\(title)</h1></body></html>\n"
        var answer = Answer(status: status, body: Array(page.utf8))
        answer.headers.set("Content-Type", "text/html; charset=utf-8")
        return answer
    }

    /// An error as Jira words it.
    static func jira(_ status: Int, _ messages: [String]) -> Answer {
        document(status) { writer in
            writer.object {
                $0.member("errorMessages", messages)
                $0.memberObject("errors") { _ in }
            }
        }
    }
}
