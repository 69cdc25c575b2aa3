/// A JSON Schema of draft 2020-12, as OpenAPI 3.1 embeds it, with the named schemas that it refers to.
package struct Schema: Sendable {
    /// A schema that stands under `components` and is referred to by its name.
    package struct Component: Sendable {
        package let name: String
        /// Made when asked for: components refer to each other.
        let make: @Sendable () -> Schema
    }

    package private(set) var tree: JSONTree
    package private(set) var components: [Component]

    init(_ keywords: [(String, JSONTree)], components: [Component] = []) {
        tree = .object(keywords.map { JSONTree.Member($0.0, $0.1) })
        self.components = components
    }

    package static func string(_ format: String? = nil, pattern: String? = nil, longest: Int? = nil) -> Schema {
        var keywords: [(String, JSONTree)] = [("type", "string")]
        if let format { keywords.append(("format", .string(format))) }
        if let pattern { keywords.append(("pattern", .string(pattern))) }
        if let longest { keywords.append(("maxLength", .integer(Int64(longest)))) }
        return Schema(keywords)
    }

    package static func integer(_ range: ClosedRange<Int64>? = nil) -> Schema {
        var keywords: [(String, JSONTree)] = [("type", "integer"), ("format", "int64")]
        if let range {
            keywords.append(("minimum", .integer(range.lowerBound)))
            keywords.append(("maximum", .integer(range.upperBound)))
        }
        return Schema(keywords)
    }

    package static let number = Schema([("type", "number"), ("format", "double")])
    package static let boolean = Schema([("type", "boolean")])
    /// Any JSON value.
    package static let any = Schema([])

    package static func oneOf(_ values: [String]) -> Schema {
        Schema([("type", "string"), ("enum", .array(values.map { .string($0) }))])
    }

    package static func constant(_ value: String) -> Schema {
        Schema([("type", "string"), ("const", .string(value))])
    }

    package static func array(of element: Schema, count: ClosedRange<Int>? = nil) -> Schema {
        var keywords: [(String, JSONTree)] = [("type", "array"), ("items", element.tree)]
        if let count {
            keywords.append(("minItems", .integer(Int64(count.lowerBound))))
            keywords.append(("maxItems", .integer(Int64(count.upperBound))))
        }
        return Schema(keywords, components: element.components)
    }

    /// Of an object whose members are named as the sender likes.
    package static func dictionary(of value: Schema) -> Schema {
        Schema([("type", "object"), ("additionalProperties", value.tree)], components: value.components)
    }

    package static func alternatives(_ schemas: [Schema], about: String) -> Schema {
        Schema(
            [("description", .string(about)), ("oneOf", .array(schemas.map(\.tree)))],
            components: schemas.flatMap(\.components))
    }

    package static func component(_ name: String, _ make: @escaping @Sendable () -> Schema) -> Schema {
        Schema([("$ref", .string("#/components/schemas/\(name)"))], components: [Component(name: name, make: make)])
    }

    /// One member of an object.
    package struct Property: Sendable {
        package let name: String
        package let schema: Schema
        package let about: String
        /// Told, never asked for: made of other members.
        package let isDerived: Bool
        package let isRequired: Bool
    }

    package static func object(_ properties: [Property], about: String, isClosed: Bool) -> Schema {
        let members = properties.map { property in
            var schema = property.schema
            if property.isDerived { schema.add("readOnly", true) }
            if !property.about.isEmpty { schema.add("description", .string(property.about)) }
            return JSONTree.Member(property.name, schema.tree)
        }
        var schema = Schema(
            [("type", "object"), ("properties", .object(members))], components: properties.flatMap(\.schema.components))
        if !about.isEmpty { schema.add("description", .string(about)) }
        let required = properties.filter(\.isRequired).map { JSONTree.string($0.name) }
        if !required.isEmpty { schema.add("required", .array(required)) }
        if isClosed { schema.add("additionalProperties", false) }
        return schema
    }

    /// The same, or null.
    package var nullable: Schema {
        guard case .object(var members) = tree else { return self }
        if tree["enum"] == nil, tree["const"] == nil, let place = members.firstIndex(where: { $0.name == "type" }),
            case .string = members[place].value
        {
            members[place].value = .array([members[place].value, "null"])
            var schema = self
            schema.tree = .object(members)
            return schema
        }
        return Schema([("anyOf", [tree, ["type": "null"]])], components: components)
    }

    mutating func add(_ keyword: String, _ value: JSONTree) {
        guard case .object(var members) = tree else { return }
        members.append(JSONTree.Member(keyword, value))
        tree = .object(members)
    }

    /// The same with an example or another keyword.
    package func with(_ keyword: String, _ value: JSONTree) -> Schema {
        var schema = self
        schema.add(keyword, value)
        return schema
    }

    /// All components that the schemas need, each once, by name.
    package static func resolve(_ schemas: [Schema]) -> [(name: String, schema: Schema)] {
        var found: [String: Schema] = [:]
        var open = schemas.flatMap(\.components)
        while let component = open.popLast() {
            guard found[component.name] == nil else { continue }
            let schema = component.make()
            found[component.name] = schema
            open += schema.components
        }
        return found.sorted { $0.key < $1.key }.map { (name: $0.key, schema: $0.value) }
    }
}
