import Testing

@testable import PulsePostgres

/// What is told of libpq's messages.
@Suite struct MessageTests {
    @Test(arguments: [
        (
            """
            connection to server at "127.0.0.1", port 5432 failed: Connection refused
            \tIs the server running on that host and accepting TCP/IP connections?

            """, "connection to server at \"127.0.0.1\", port 5432 failed: Connection refused"
        ),
        (
            """
            connection to server at "db", port 5432 failed: FATAL:  the database system is not yet accepting connections
            DETAIL:  Consistent recovery state has not been yet reached.

            """,
            "connection to server at \"db\", port 5432 failed: the database system is not yet accepting connections"
        ),
        (
            """
            connection to server at "a", port 5432 failed: FATAL:  the database system is starting up.
            HINT:  Wait.
              It takes a moment.
            connection to server at "b", port 5432 failed: Connection refused
            """,
            "connection to server at \"a\", port 5432 failed: the database system is starting up; "
                + "connection to server at \"b\", port 5432 failed: Connection refused"
        ),
        (
            "could not translate host name \"x\" to address: Name or service not known\n",
            "could not translate host name \"x\" to address: Name or service not known"
        ),
        (
            "server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n",
            "server closed the connection unexpectedly"
        ),
        ("", ""),
    ])
    func `a message is one clause, without hints, details and full stop`(text: String, clause: String) {
        #expect(withoutHints(text) == clause)
        #expect(!firstLine(text).hasSuffix("."))
    }
}
