extension JSONValue {
    /// The elements of an array in order, for `while let element = elements.next()`; none for anything else.
    package var elements: JSONElements {
        @_lifetime(copy self)
        get { JSONElements(of: self) }
    }

    /// The members of an object in order, for `while let member = members.next()`; none for anything else.
    package var members: JSONMembers {
        @_lifetime(copy self)
        get { JSONMembers(of: self) }
    }

    /// Calls `body` with each element of an array in order.
    package func forEachElement<E: Error>(_ body: (JSONValue) throws(E) -> Void) throws(E) {
        var elements = elements
        while let element = elements.next() { try body(element) }
    }

    /// Calls `body` with the name, a string value, and the value of each member of an object in order.
    package func forEachMember<E: Error>(_ body: (_ name: JSONValue, _ value: JSONValue) throws(E) -> Void) throws(E) {
        var members = members
        while let member = members.next() { try body(member.name, member.value) }
    }

    /// What `transform` makes of each element of an array, in order.
    package func mapElements<T, E: Error>(_ transform: (JSONValue) throws(E) -> T) throws(E) -> [T] {
        var results: [T] = []
        results.reserveCapacity(count)
        var elements = elements
        while let element = elements.next() { results.append(try transform(element)) }
        return results
    }
}

/// Walks the elements of an array, without allocating.
package struct JSONElements: ~Escapable {
    /// The element to be returned next, unless it is at the end.
    private var upcoming: JSONValue
    private let end: Int

    @_lifetime(copy array)
    init(of array: JSONValue) {
        let isArray = array.tag == JSONTape.Tag.beginArray
        upcoming = array.at(isArray ? array.index + 1 : 0)
        end = isArray ? array.tape.endOfContainer(at: array.index) - 1 : 0
    }

    /// The next element, nil after the last.
    @_lifetime(copy self)
    package mutating func next() -> JSONValue? {
        guard upcoming.index < end else { return nil }
        let element = upcoming
        upcoming.index = upcoming.tape.next(after: upcoming.index)
        return element
    }
}

/// One name and value of an object.
package struct JSONMember: ~Escapable {
    /// A string value: `name.string` copies it, `name.utf8` lends it, `name.isString("...")` compares it.
    package let name: JSONValue
    package let value: JSONValue

    @_lifetime(copy name, copy value)
    init(name: JSONValue, value: JSONValue) {
        self.name = name
        self.value = value
    }
}

/// Walks the members of an object, without allocating. A name that occurs twice is returned twice.
package struct JSONMembers: ~Escapable {
    private var upcomingName: JSONValue
    private let end: Int

    @_lifetime(copy object)
    init(of object: JSONValue) {
        let isObject = object.tag == JSONTape.Tag.beginObject
        upcomingName = object.at(isObject ? object.index + 1 : 0)
        end = isObject ? object.tape.endOfContainer(at: object.index) - 1 : 0
    }

    /// The next member, nil after the last.
    @_lifetime(copy self)
    package mutating func next() -> JSONMember? {
        guard upcomingName.index < end else { return nil }
        let member = JSONMember(name: upcomingName, value: upcomingName.at(upcomingName.index + 1))
        upcomingName.index = member.value.tape.next(after: member.value.index)
        return member
    }
}
