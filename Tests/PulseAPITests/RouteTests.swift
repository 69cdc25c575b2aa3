import Foundation
import PulseAPI
import PulseDomain
import PulseHTTP
import Testing

/// The table that router, access, client and description are made of.
struct RouteTests {
    @Test func `every route is listed once, and no address twice`() {
        #expect(RouteTable.all.count == RouteID.allCases.count)
        #expect(Set(RouteTable.all.map(\.id)) == Set(RouteID.allCases))
        #expect(Set(RouteTable.all.map { "\($0.method.rawValue) \($0.path)" }).count == RouteTable.all.count)
    }

    @Test(arguments: RouteTable.all)
    func `an address has the parameters that its route declares`(route: Route) {
        let inPath = route.segments.filter { $0.first == "{" }.map { String($0.dropFirst().dropLast()) }
        #expect(Set(inPath) == Set(route.parameters.filter { $0.place == .path }.map(\.name)))
        #expect(Set(route.parameters.map(\.name)).count == route.parameters.count)
        for parameter in route.parameters { #expect(parameter.problem(of: parameter.example) == nil) }
        #expect(!route.answers.isEmpty && !route.summary.isEmpty)
        #expect(route.id.isCommand == (route.role == .operator))
    }

    @Test func `who may what is told in one table`() throws {
        let table = RouteTable.all.map { route in
            let role = route.role?.rawValue ?? "–"
            return "\(route.method.rawValue) \(route.path) \(role)"
        }
        try Golden.expect(table.joined(separator: "\n") + "\n", "roles.txt")
    }

    @Test func `an address leads to its route`() {
        func found(_ method: String, _ path: String) -> String {
            switch RouteMatcher().match(method, path[...]) {
            case .route(let route, let path):
                ([route.id.rawValue] + path.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }).joined(separator: " ")
            case .methodNotAllowed(let methods): methods.joined(separator: ",")
            case .notFound: "nothing"
            case .malformed: "malformed"
            }
        }
        #expect(found("GET", "/api/v1/jobs/jira%2Fmain/issues") == "job source=jira/main stream=issues")
        #expect(found("HEAD", "/api/v1/jobs/a/b") == "job source=a stream=b")
        #expect(found("POST", "/api/v1/jobs/a/b/pause") == "pause source=a stream=b")
        #expect(found("POST", "/api/v1/quarantine/replay") == "replay")
        #expect(found("GET", "/api/v1/quarantine/7") == "quarantineEntry id=7")
        #expect(found("PUT", "/api/v1/jobs/a/b") == "GET,HEAD")
        #expect(found("PUT", "/api/v1/presence") == "DELETE,GET,HEAD,POST")
        for path in [
            "/", "/api/v1/jobs/", "/api/v1/jobs/a", "/api/v1/jobs//b", "/api/v2/jobs", "/api/v1/jobs/a/b/c/d",
        ] {
            #expect(found("GET", path) == "nothing", "\(path)")
        }
        for path in ["", "api/v1/jobs", "/api/v1/jobs/%/b", "/api/v1/jobs/%FF/b", "/api/v1/jobs/%2/b"] {
            #expect(found("GET", path) == "malformed", "\(path)")
        }
    }

    @Test func `a preview needs no more than reading`() {
        #expect(RouteTable.route(.pause).role(isPreview: true) == .viewer)
        #expect(RouteTable.route(.pause).role(isPreview: false) == .operator)
        #expect(RouteTable.route(.addUser).role(isPreview: true) == .admin)
        #expect(RouteTable.route(.login).role(isPreview: true) == nil)
    }

    @Test func `problems and failures are made of each other without loss`() throws {
        for failure in Samples.failures + [Samples.bareFailure] {
            let problem = Problem(failure, correlation: Samples.correlation)
            #expect((400...599).contains(problem.status))
            #expect(try Problem(json: problem.json) == problem)
            #expect(try Problem(json: problem.json).failure == failure)
        }
        #expect(Problem(Failure(.ours, code: "job.unknown", "S.", remedy: "R.")).status == 404)
        #expect(Problem.unauthenticated.failure.kind == .unauthorised)
        #expect(Problem.notFound.failure.kind == .notFound)
        #expect(Problem.unknown("job", "a\u{1B}[31m").detail == "There is no job called a\u{FFFD}[31m.")
    }
}
