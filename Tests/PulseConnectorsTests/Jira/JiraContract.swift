import Foundation
import PulseConnectors
import PulseHTTP

@testable import PulseConnectors

/// What Atlassian's documents say about the requests that we send (see Contracts/extract.py).
struct JiraContract: Sendable {
    private let operations: [String: [String: Operation]]

    private struct Operation: Decodable, Sendable {
        let query: [String: Schema]
        let body: Schema?
        let deprecated: Bool
    }

    private final class Schema: Decodable, Sendable {
        let type: String?
        let values: [String]?
        let minimum: Int?
        let maximum: Int?
        let minItems: Int?
        let maxItems: Int?
        let isClosed: Bool
        let items: Schema?
        let properties: [String: Schema]?
        let required: [String]?

        enum CodingKeys: String, CodingKey {
            case type, values = "enum", minimum, maximum, minItems, maxItems, additionalProperties, items, properties
            case required
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            type = try container.decodeIfPresent(String.self, forKey: .type)
            values = try container.decodeIfPresent([String].self, forKey: .values)
            minimum = try container.decodeIfPresent(Int.self, forKey: .minimum)
            maximum = try container.decodeIfPresent(Int.self, forKey: .maximum)
            minItems = try container.decodeIfPresent(Int.self, forKey: .minItems)
            maxItems = try container.decodeIfPresent(Int.self, forKey: .maxItems)
            isClosed = (try? container.decode(Bool.self, forKey: .additionalProperties)) == false
            items = try container.decodeIfPresent(Schema.self, forKey: .items)
            properties = try container.decodeIfPresent([String: Schema].self, forKey: .properties)
            required = try container.decodeIfPresent([String].self, forKey: .required)
        }
    }

    static let cloud = JiraContract("cloud")
    static let dataCenter = JiraContract("datacenter")

    private init(_ product: String) {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Contracts/jira.json")
        let all =
            (try? JSONDecoder().decode([String: [String: [String: Operation]]].self, from: Data(contentsOf: file)))
        operations = all?[product] ?? [:]
    }

    /// What is wrong with a request; empty when nothing is.
    func violations(of request: SourceRequest) -> [String] {
        guard let url = URLComponents(string: request.http.url) else { return ["no URL: \(request.http.url)"] }
        let segments = url.path.split(separator: "/").map(String.init)
        // A literal path wins over one with a variable: /project/search over /project/{key}.
        let matching = operations.keys.filter { Self.matches($0, segments) }.sorted {
            $0.split(separator: "{").count < $1.split(separator: "{").count
        }
        guard let path = matching.first else { return ["no such path: \(url.path)"] }
        guard let operation = operations[path]?[request.http.method.rawValue.lowercased()] else {
            return ["no \(request.http.method.rawValue) for \(path)"]
        }
        var problems = operation.deprecated ? ["\(path) is deprecated"] : []
        var seen: Set<String> = []
        for item in url.queryItems ?? [] {
            guard let schema = operation.query[item.name] else {
                problems.append("no parameter \(item.name) for \(path)")
                continue
            }
            if !seen.insert(item.name).inserted, schema.type != "array" { problems.append("\(item.name) is repeated") }
            let value = schema.type == "array" ? schema.items ?? schema : schema
            problems += Self.problems(text: item.value ?? "", value, at: item.name)
        }
        if let body = request.http.body {
            guard let schema = operation.body else { return problems + ["no body for \(path)"] }
            guard let json = try? JSONSerialization.jsonObject(with: Data(body)) else { return problems + ["no JSON"] }
            problems += Self.problems(json, schema, at: "body")
        }
        return problems
    }

    private static func matches(_ template: String, _ segments: [String]) -> Bool {
        let parts = template.split(separator: "/")
        return parts.count == segments.count
            && zip(parts, segments).allSatisfy { $0.hasPrefix("{") ? !$1.isEmpty : $0 == $1 }
    }

    private static func problems(text: String, _ schema: Schema, at place: String) -> [String] {
        var problems: [String] = []
        if schema.type == "integer" {
            guard let number = Int(text) else { return ["\(place) is no integer: \(text)"] }
            if let minimum = schema.minimum, number < minimum { problems.append("\(place) is below \(minimum)") }
            if let maximum = schema.maximum, number > maximum { problems.append("\(place) is above \(maximum)") }
        }
        if let values = schema.values, !values.contains(text) { problems.append("\(place) may not be \(text)") }
        return problems
    }

    private static func problems(_ json: Any, _ schema: Schema, at place: String) -> [String] {
        switch schema.type {
        case "object":
            guard let object = json as? [String: Any] else { return ["\(place) is no object"] }
            let missing = (schema.required ?? []).filter { object[$0] == nil }.map { "\(place) lacks \($0)" }
            return object.reduce(into: missing) { problems, member in
                if let property = schema.properties?[member.key] {
                    problems += Self.problems(member.value, property, at: "\(place).\(member.key)")
                } else if schema.isClosed {
                    problems.append("\(place) may not have \(member.key)")
                }
            }
        case "array":
            guard let array = json as? [Any] else { return ["\(place) is no array"] }
            var problems: [String] = []
            if let least = schema.minItems, array.count < least { problems.append("\(place) has too few") }
            if let most = schema.maxItems, array.count > most { problems.append("\(place) has too many") }
            if let items = schema.items { problems += array.flatMap { Self.problems($0, items, at: "\(place)[]") } }
            return problems
        case "integer":
            guard let number = json as? Int else { return ["\(place) is no integer"] }
            return Self.problems(text: String(number), schema, at: place)
        case "string": return json is String ? [] : ["\(place) is no string"]
        case "boolean": return json is Bool ? [] : ["\(place) is no boolean"]
        default: return []
        }
    }
}
