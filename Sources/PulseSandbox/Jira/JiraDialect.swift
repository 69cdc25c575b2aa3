/// The two doors to the same issues.
enum JiraDialect: Sendable, Hashable {
    case cloud, dataCenter

    /// Data Center numbers its custom fields differently.
    var firstCustomField: Int { self == .cloud ? 10_000 : 11_000 }
}

/// A custom field by its place; its id is `customfield_` and the dialect's first plus the place.
enum CustomField {
    static let epicLink = 14
    static let storyPointEstimate = 16
    static let rank = 19
    static let sprint = 20
    /// What boards estimate by. Another field has the same name.
    static let storyPoints = 26
    static let otherStoryPoints = 42

    static func name(_ place: Int) -> String {
        switch place {
        case epicLink: return "Epic Link"
        case storyPointEstimate: return "Story point estimate"
        case rank: return "Rank"
        case sprint: return "Sprint"
        case storyPoints, otherStoryPoints: return "Story Points"
        case 30, 31: return "Severity"
        default:
            let names = [
                "Team", "Root cause", "Customer", "Release notes", "Start date", "Approvers", "Impact", "Design",
                "Risk", "Channel",
            ]
            return place < names.count ? names[place] : "\(names[place % names.count]) \(place / names.count + 1)"
        }
    }

    enum Shape: Int { case text, number, option, options, user, date, instant, paragraph }

    static func shape(_ place: Int) -> Shape {
        switch place {
        case storyPointEstimate, storyPoints, otherStoryPoints: .number
        case epicLink, rank, sprint: .text
        default: Shape(rawValue: place * 5 % 8) ?? .text
        }
    }
}
