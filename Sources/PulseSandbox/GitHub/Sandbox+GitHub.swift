import PulseHTTP
import PulseJSON
import Synchronization

extension Sandbox {
    private struct GraphQLRequest {
        var query = ""
        var operation: String?
        var variables: [String: GraphQLValue] = [:]
    }

    func gitHubAnswer(_ request: ParsedRequest, isKnown: Bool, now: Int64, effect: FaultEffect?, draw: UInt64) -> Answer
    {
        if let agent = request.headers["User-Agent"], agent.isEmpty {
            return .html(
                403,
                title:
                    "Request forbidden by administrative rules. Please make sure your request has a User-Agent header")
        }
        guard request.path == "/graphql" || request.path == "/api/graphql" else {
            return .document(404) {
                $0.object {
                    $0.member("message", "Not Found"); $0.member("status", "404")
                }
            }
        }
        guard isKnown else {
            let isMissing = request.headers["Authorization"] == nil
            return .document(isMissing ? 403 : 401) { writer in
                writer.object {
                    $0.member(
                        "message", isMissing ? "This endpoint requires you to be authenticated." : "Bad credentials")
                    $0.member(
                        "documentation_url",
                        "https://docs.github.com/graphql/guides/forming-calls-with-graphql#authenticating-with-graphql")
                    $0.member("status", isMissing ? "403" : "401")
                }
            }
        }
        guard request.method == .post, let asked = Self.graphQLRequest(request.body) else {
            return .document(400) {
                $0.object {
                    $0.member("message", "Problems parsing JSON"); $0.member("status", "400")
                }
            }
        }
        if let refusal = state.withLock({ $0.admitGitHub(now) }) { return refused(refusal, now) }
        return answer(asked, now: now, effect: effect)
    }

    private func answer(_ asked: GraphQLRequest, now: Int64, effect: FaultEffect?) -> Answer {
        let plan: GraphQLPlan
        do { plan = try plans.plan(asked.query) } catch {
            return failed([GraphQLProblem(message: error.message, line: error.line, column: error.column)])
        }
        guard plan.problems.isEmpty else { return failed(plan.problems) }
        let operations = plan.document.operations
        guard
            let operation = asked.operation == nil
                ? operations.first : operations.first(where: { $0.name == asked.operation })
        else {
            return failed([
                GraphQLProblem(message: "No operation named \"\(asked.operation ?? "")\"", line: 1, column: 1)
            ])
        }
        guard operation.kind == "query" else {
            return failed([
                GraphQLProblem(
                    message: "Your token has not been granted the required scopes to execute this query.",
                    type: "INSUFFICIENT_SCOPES", line: 1, column: 1)
            ])
        }
        var variables = asked.variables
        for variable in operation.variables {
            if variables[variable.name] == nil, let fallback = variable.fallback { variables[variable.name] = fallback }
            if variable.isRequired, variables[variable.name] == nil || variables[variable.name] == .null {
                return failed([
                    GraphQLProblem(
                        message: "Variable $\(variable.name) of type was provided invalid value", line: 1, column: 1)
                ])
            }
        }
        let price = GraphQLPrice(plan.document, operation, schema: .github, variables: variables)
        guard price.nodes <= 500_000 else {
            return failed([
                GraphQLProblem(
                    message:
                        "This query requests up to \(price.nodes) possible nodes which exceeds the maximum limit of 500,000.",
                    type: "MAX_NODE_LIMIT_EXCEEDED", line: 1, column: 1)
            ])
        }
        let isHeavy = price.nodes > options.github.heavyNodes
        let (world, rate) = state.withLock { state in
            state.advance(to: now)
            // A query that takes too long costs more than it would have.
            state.chargeGitHub(isHeavy ? price.cost * 2 : price.cost)
            let points = state.githubPoints
            return (
                state.github,
                GitHubRate(
                    cost: price.cost, limit: points.limit, remaining: points.remaining, nodes: price.nodes,
                    resetsAt: points.resetsAt)
            )
        }
        guard !isHeavy else {
            return .html(
                502,
                title:
                    "We couldn't respond to your request in time. Sorry about that. Please try resubmitting your request."
            )
        }
        let graph = GitHubGraph(world: world, flaws: flaws, rate: rate, hidesLists: effect == .silentlyEmpty)
        var executor = GraphQLExecutor(
            graph, plan.document, variables: variables, schema: .github,
            isLimited: price.nodes > options.github.limitedNodes)
        var writer = JSONWriter(reservingBytes: 65_536)
        writer.object { writer in
            writer.name("data")
            executor.run(operation, to: &writer)
            if !executor.mistakes.isEmpty { Self.write(executor.mistakes, to: &writer) }
        }
        var answer = Answer.json(writer.finish())
        describe(rate, &answer)
        return answer
    }

    private static func write(_ mistakes: [GraphQLExecutor.Mistake], to writer: inout JSONWriter) {
        writer.memberArray("errors") { list in
            for mistake in mistakes {
                list.object {
                    $0.member("type", mistake.type)
                    $0.memberArray("path") { steps in
                        for step in mistake.path {
                            switch step {
                            case .name(let name): steps.string(name)
                            case .index(let index): steps.int(index)
                            }
                        }
                    }
                    $0.memberArray("locations") { places in
                        places.object {
                            $0.member("line", mistake.line)
                            $0.member("column", mistake.column)
                        }
                    }
                    $0.member("message", mistake.message)
                }
            }
        }
    }

    private func failed(_ problems: [GraphQLProblem]) -> Answer {
        var answer = Answer.document { writer in
            writer.object {
                $0.memberArray("errors") { list in
                    for problem in problems {
                        list.object {
                            if let type = problem.type { $0.member("type", type) }
                            if !problem.path.isEmpty { $0.member("path", problem.path) }
                            if let code = problem.code { $0.memberObject("extensions") { $0.member("code", code) } }
                            $0.memberArray("locations") { places in
                                places.object {
                                    $0.member("line", problem.line)
                                    $0.member("column", problem.column)
                                }
                            }
                            $0.member("message", problem.message)
                        }
                    }
                }
            }
        }
        describe(currentRate, &answer)
        return answer
    }

    private var currentRate: GitHubRate {
        let points = state.withLock { $0.githubPoints }
        return GitHubRate(limit: points.limit, remaining: points.remaining, resetsAt: points.resetsAt)
    }

    private func describe(_ rate: GitHubRate, _ answer: inout Answer) {
        // The server's clock decides what its reset means.
        let resetsAt = rate.resetsAt / 1_000 + faults.clockSkew.components.seconds
        answer.headers.set("X-RateLimit-Limit", String(rate.limit))
        answer.headers.set("X-RateLimit-Remaining", String(rate.remaining))
        answer.headers.set("X-RateLimit-Used", String(rate.limit - rate.remaining))
        answer.headers.set("X-RateLimit-Reset", String(resetsAt))
        answer.headers.set("X-RateLimit-Resource", "graphql")
        answer.headers.set("X-OAuth-Scopes", "read:org, repo")
        answer.headers.set("X-GitHub-Media-Type", "github.v4; format=json")
    }

    private func refused(_ refusal: SandboxState.GitHubRefusal, _ now: Int64) -> Answer {
        switch refusal {
        case .exhausted:
            var answer = Answer.document { writer in
                writer.object {
                    $0.memberArray("errors") { list in
                        list.object {
                            $0.member("type", "RATE_LIMIT")
                            $0.member("code", "graphql_rate_limit")
                            $0.member("message", "API rate limit already exceeded for user ID 583231.")
                        }
                    }
                }
            }
            describe(currentRate, &answer)
            return answer
        case .secondary(let seconds, let hits):
            let message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
            // Both statuses occur.
            var answer =
                hits % 2 == 1
                ? Answer.document(403) { writer in
                    writer.object {
                        $0.member(
                            "documentation_url",
                            "https://docs.github.com/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api#secondary-rate-limits"
                        )
                        $0.member("message", message)
                    }
                }
                : Answer.document { writer in
                    writer.object { $0.memberArray("errors") { list in list.object { $0.member("message", message) } } }
                }
            describe(currentRate, &answer)
            answer.headers.set("Retry-After", String(seconds))
            return answer
        }
    }

    // MARK: Reading requests

    private static func graphQLRequest(_ body: [UInt8]) -> GraphQLRequest? {
        var reader = JSONReader()
        return try? reader.read(body) { root in
            guard let query = root["query"].string else { return nil }
            var request = GraphQLRequest(query: query, operation: root["operationName"].string)
            root["variables"].forEachMember { name, value in
                if let name = name.string { request.variables[name] = Self.value(value) }
            }
            return request
        } as GraphQLRequest?
    }

    private static func value(_ json: JSONValue) -> GraphQLValue {
        switch json.kind {
        case .bool: return .bool(json.bool ?? false)
        case .number: return json.int64.map { .int(Int($0)) } ?? .float(json.double ?? 0)
        case .string: return .string(json.string ?? "")
        case .array: return .list(json.mapElements { value($0) })
        case .object:
            var members: [String: GraphQLValue] = [:]
            json.forEachMember { name, inner in if let name = name.string { members[name] = value(inner) } }
            return .object(members)
        default: return .null
        }
    }
}
