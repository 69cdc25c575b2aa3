/// Which of the two products answers.
package enum JiraDialect: String, Sendable, Hashable, Codable, CaseIterable {
    case cloud
    /// Data Center and the former Server.
    case dataCenter = "datacenter"

    /// The version of the platform API that is spoken: Data Center has no version 3.
    var apiVersion: String { self == .cloud ? "3" : "2" }
}
