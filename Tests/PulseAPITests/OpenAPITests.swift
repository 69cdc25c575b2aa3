import Foundation
import PulseAPI
import PulseDomain
import PulseHTTP
import Testing

/// The document that programs make clients of.
struct OpenAPITests {
    private func tree() throws -> JSONTree {
        try JSONTree(parsing: OpenAPI.document(version: "1.0"), limit: 16 << 20)
    }

    @Test func `it is what it was`() throws {
        let object = try JSONSerialization.jsonObject(with: Data(OpenAPI.document(version: "1.0")))
        let text = try JSONSerialization.data(
            withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        try Golden.expect(String(decoding: text, as: UTF8.self) + "\n", "openapi.json")
    }

    @Test func `every reference leads to something`() throws {
        let document = try tree()
        func visit(_ tree: JSONTree) {
            switch tree {
            case .object(let members):
                if case .string(let reference)? = tree["$ref"] {
                    var target: JSONTree? = document
                    for step in reference.dropFirst(2).split(separator: "/") { target = target?[String(step)] }
                    #expect(target != nil, "\(reference)")
                }
                for member in members { visit(member.value) }
            case .array(let elements): for element in elements { visit(element) }
            default: break
            }
        }
        visit(document)
    }

    @Test(arguments: RouteTable.all)
    func `every route is described with its role`(route: Route) throws {
        let operation = try tree()["paths"]?[route.path]?[route.method.rawValue.lowercased()]
        #expect(operation?["operationId"] == .string(route.id.rawValue))
        #expect(operation?["x-required-role"] == route.role.map { JSONTree.string($0.rawValue) })
        for answer in route.answers { #expect(operation?["responses"]?[String(answer.status)] != nil) }
    }
}
