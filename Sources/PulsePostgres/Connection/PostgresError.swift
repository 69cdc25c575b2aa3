/// Why PostgreSQL, or the way to it, did not do what it was asked.
///
/// Messages are the server's own, without its details, which repeat rows. They never hold bound values: those travel
/// apart from the statement.
package struct PostgresError: Error, Sendable, Hashable {
    /// What is to be done about it.
    package enum Kind: Sendable, Hashable {
        /// No connection, or it broke: classes 08 and 57P, and libpq's own failures. Trying again may help; whether a
        /// commit that was under way happened is not known.
        case connection
        /// The connection string, or what libpq adds to it, cannot be used: nothing was sent anywhere.
        case address
        /// The password, the user, the certificate or the database is not accepted (class 28, 3D).
        case access
        /// Another transaction was in the way: serialization failure, deadlock (class 40); or the server ended one that
        /// this process, stopped for a while, left open for others to wait for (25P03). Nothing happened.
        case conflict
        /// A lock was not had in time (55P03).
        case locked
        /// A statement took longer than it may (57014).
        case cancelled
        /// No room, no memory, too many connections (class 53).
        case resources
        /// The data or the disk is damaged (classes XX and 58).
        case damaged
        /// The server may not be written to (25006): a replica, or made read-only.
        case readOnly
        /// A right is missing (42501).
        case permission
        /// Anything else.
        case statement
    }

    package let kind: Kind
    /// SQLSTATE, five characters; empty when the server said nothing (PostgreSQL manual, appendix A).
    package let state: String
    package let message: String
    package let table: String?
    package let constraint: String?

    package init(
        kind: Kind? = nil, state: String, message: String, table: String? = nil,
        constraint: String? = nil
    ) {
        self.kind = kind ?? Self.kind(of: state)
        self.state = state
        self.message = message
        self.table = table
        self.constraint = constraint
    }

    /// The server ended a transaction in which it was asked nothing for too long, and the connection with it.
    static let idleInTransaction = "25P03"

    private static func kind(of state: String) -> Kind {
        switch state {
        case idleInTransaction: return .conflict
        case "": return .connection
        case "57014": return .cancelled
        case "55P03": return .locked
        case "25006": return .readOnly
        case "42501": return .permission
        case "57P01", "57P02", "57P03", "57P05": return .connection
        default: break
        }
        return switch state.prefix(2) {
        case "08": .connection
        case "28", "3D": .access
        case "40": .conflict
        case "53": .resources
        case "XX", "58", "F0": .damaged
        default: .statement
        }
    }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        state.isEmpty ? message : "\(message) (\(state))"
    }
}
