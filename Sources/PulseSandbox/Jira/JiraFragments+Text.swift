import PulseJSON

extension JiraFragments {
    /// A description: paragraphs, a list, a code block, a mention and a link, in the dialect's way of writing.
    static func text(_ variant: Int, world: JiraWorld, paragraphs: Int, dialect: JiraDialect) -> [UInt8] {
        let count = variant % 9 == 8 ? 0 : 1 + variant % max(1, paragraphs)
        let lines = (0..<count).map {
            Vocabulary.paragraphs[world.seed.number(.text, variant, $0, below: Vocabulary.paragraphs.count)]
        }
        guard count > 0 else { return Array("null".utf8) }
        guard dialect == .cloud else {
            let wiki =
                lines.joined(separator: "\n\n")
                + "\n\nh3. Notes\n* see [~\(world.cast[variant % world.cast.count].login)]\n{code}SELECT 1;{code}"
            return JSONWriter.document { $0.string(wiki) }
        }
        return document { writer in
            for (index, line) in lines.enumerated() {
                writer.object {
                    $0.member("type", "paragraph")
                    $0.memberArray("content") {
                        $0.object {
                            $0.member("type", "text")
                            $0.member("text", line)
                            if index == 1 {
                                $0.memberArray("marks") { $0.object { $0.member("type", "strong") } }
                            }
                        }
                        if index == 2 {
                            $0.object { $0.member("type", "hardBreak") }
                            $0.object {
                                $0.member("type", "mention")
                                $0.memberObject("attrs") {
                                    $0.member("id", accountID(variant % world.cast.count))
                                    $0.member("text", "@" + world.cast[variant % world.cast.count].full)
                                    $0.member("accessLevel", "")
                                }
                            }
                        }
                    }
                }
            }
            if variant % 3 == 0 { list(&writer, lines) }
            if variant % 4 == 0 { code(&writer) }
        }
    }

    static func remark(_ text: String, dialect: JiraDialect) -> [UInt8] {
        guard dialect == .cloud else { return JSONWriter.document { $0.string(text) } }
        return document { writer in
            writer.object {
                $0.member("type", "paragraph")
                $0.memberArray("content") {
                    $0.object {
                        $0.member("type", "text")
                        $0.member("text", text)
                    }
                }
            }
        }
    }

    private static func document(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        JSONWriter.document { writer in
            writer.object {
                $0.member("type", "doc")
                $0.member("version", 1)
                $0.memberArray("content", body)
            }
        }
    }

    private static func list(_ writer: inout JSONWriter, _ lines: [String]) {
        writer.object {
            $0.member("type", "bulletList")
            $0.memberArray("content") {
                for line in lines.prefix(3) {
                    $0.object {
                        $0.member("type", "listItem")
                        $0.memberArray("content") {
                            $0.object {
                                $0.member("type", "paragraph")
                                $0.memberArray("content") {
                                    $0.object {
                                        $0.member("type", "text")
                                        $0.member("text", String(line.prefix(40)))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static func code(_ writer: inout JSONWriter) {
        writer.object {
            $0.member("type", "codeBlock")
            $0.memberObject("attrs") { $0.member("language", "sql") }
            $0.memberArray("content") {
                $0.object {
                    $0.member("type", "text")
                    $0.member(
                        "text",
                        "SELECT account, sum(amount)\nFROM postings\nWHERE booked_at < '2026-01-01'\nGROUP BY account;")
                }
            }
        }
    }

    /// `"customfield_10030":...`; empty for the fields that each issue renders itself.
    static func customField(
        _ place: Int, variant: Int, world: JiraWorld, users: [[UInt8]], api: String, dialect: JiraDialect
    ) -> [UInt8] {
        switch place {
        case CustomField.epicLink, CustomField.storyPointEstimate, CustomField.rank, CustomField.sprint,
            CustomField.storyPoints, CustomField.otherStoryPoints:
            return []
        default: break
        }
        let id = dialect.firstCustomField + place
        let draw = world.seed.number(.custom, place, variant, below: 1_000)
        let value: [UInt8] = JSONWriter.document { writer in
            guard draw % 5 > 2 else { return writer.null() }
            switch CustomField.shape(place) {
            case .text: writer.string(Vocabulary.circumstances[draw % Vocabulary.circumstances.count])
            case .number: writer.double(Double(draw) / 4)
            case .option: writer.raw(option(place, draw, api: api))
            case .options:
                writer.array { list in for step in 0..<(1 + draw % 3) { list.raw(option(place, draw + step, api: api)) }
                }
            case .user: writer.raw(users[draw % users.count])
            case .date: writer.string(WireTime.date(world.startsAt - Int64(draw) * 86_400_000))
            case .instant: writer.string(WireTime.jira(world.startsAt - Int64(draw) * 8_640_000, zone: world.zone))
            case .paragraph:
                writer.raw(remark(Vocabulary.paragraphs[draw % Vocabulary.paragraphs.count], dialect: dialect))
            }
        }
        return Array("\"customfield_\(id)\":".utf8) + value
    }

    private static func option(_ place: Int, _ draw: Int, api: String) -> [UInt8] {
        let values = [
            "Web", "Partner API", "Minor", "Major", "Customer reported", "Found by monitoring", "North",
            "None of these",
        ]
        return JSONWriter.document { writer in
            writer.object {
                $0.member("self", "\(api)/customFieldOption/\(20_000 + place * 10 + draw % values.count)")
                $0.member("value", values[draw % values.count])
                $0.member("id", String(20_000 + place * 10 + draw % values.count))
            }
        }
    }
}
