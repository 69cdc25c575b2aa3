extension IssueRenderer {
    /// `,"changelog":{...}`: Cloud's search cuts at 40 and its issue at 100, newest first; Data Center gives all, oldest first.
    func appendChangelog(_ record: IssueRecord, to text: inout ByteText) {
        let all = world.histories(record, customFieldBase: dialect.firstCustomField)
        let limit = embeddedHistories ?? 0
        let shown = dialect == .cloud ? Array(all.reversed().prefix(limit)) : all
        text.add(",\"changelog\":{\"startAt\":0,\"maxResults\":")
        text.add(shown.count)
        text.add(",\"total\":")
        text.add(all.count)
        text.add(",\"histories\":[")
        for history in shown {
            text.comma()
            append(history, numericTime: false, to: &text)
        }
        text.add("]}")
    }

    func append(_ history: IssueHistory, numericTime: Bool, to text: inout ByteText) {
        text.add("{\"id\":\"")
        text.add(history.id)
        text.add("\"")
        if let author = history.author {
            text.add(",\"author\":")
            text.add(fragments.users[author])
        }
        text.add(",\"created\":")
        if numericTime { text.add(Int(history.at)) } else { quoted(history.at, to: &text) }
        text.add(",\"items\":[")
        for item in history.items {
            text.comma()
            text.add("{\"field\":\"")
            text.add(text: item.field)
            text.add(item.isCustom ? "\",\"fieldtype\":\"custom\"" : "\",\"fieldtype\":\"jira\"")
            if let id = item.fieldID, dialect == .cloud {
                text.add(",\"fieldId\":\"")
                text.add(text: id)
                text.add("\"")
            }
            member(",\"from\":", item.from, to: &text)
            member(",\"fromString\":", item.fromText, to: &text)
            member(",\"to\":", item.to, to: &text)
            member(",\"toString\":", item.toText, to: &text)
            text.add("}")
        }
        text.add("]}")
    }

    private func member(_ name: StaticString, _ value: String?, to text: inout ByteText) {
        text.add(name)
        guard let value else {
            text.add("null")
            return
        }
        text.add("\"")
        escape(value, to: &text)
        text.add("\"")
    }

    // MARK: Comments and worklogs

    func comments(_ facts: IssueFacts, to text: inout ByteText) {
        let shown = dialect == .cloud ? Array(facts.comments.prefix(Self.embeddedComments)) : facts.comments
        text.member("\"comment\":{\"comments\":[")
        for serial in shown {
            text.comma()
            append(comment: serial, of: facts, to: &text)
        }
        text.add("],\"self\":\"")
        text.add(text: fragments.base)
        text.add("/rest/api/3/issue/")
        text.add(facts.record.id)
        text.add("/comment\",\"maxResults\":")
        text.add(shown.count)
        text.add(",\"total\":")
        text.add(facts.comments.count)
        text.add(",\"startAt\":0}")
    }

    func append(comment serial: Int, of facts: IssueFacts, to text: inout ByteText) {
        let id = JiraWorld.commentID(facts.record.id, serial)
        let comment = world.comment(serial, of: facts)
        text.add("{\"self\":\"")
        text.add(text: fragments.base)
        text.add("/rest/api/3/issue/")
        text.add(facts.record.id)
        text.add("/comment/")
        text.add(id)
        text.add("\",\"id\":\"")
        text.add(id)
        text.add("\"")
        if let author = comment.author {
            text.add(",\"author\":")
            text.add(fragments.users[author])
            text.add(",\"updateAuthor\":")
            text.add(fragments.users[author])
        }
        text.add(",\"body\":")
        text.add(fragments.remarks[comment.text])
        text.add(",\"created\":")
        quoted(comment.createdAt, to: &text)
        text.add(",\"updated\":")
        quoted(comment.updatedAt, to: &text)
        text.add(",\"jsdPublic\":true}")
    }

    func worklogs(_ facts: IssueFacts, to text: inout ByteText) {
        let shown = facts.worklogs.prefix(Self.embeddedWorklogs)
        text.member("\"worklog\":{\"startAt\":0,\"maxResults\":20,\"total\":")
        text.add(facts.worklogs.count)
        text.add(",\"worklogs\":[")
        for serial in shown {
            text.comma()
            append(worklog: serial, of: facts, to: &text)
        }
        text.add("]}")
    }

    func append(worklog serial: Int, of facts: IssueFacts, to text: inout ByteText) {
        let id = JiraWorld.worklogID(facts.record.id, serial)
        let at = world.worklogTime(serial, of: facts)
        let author = world.seed.number(.worklogs, facts.record.id, serial + 50, below: world.cast.count)
        let seconds = world.worklogSeconds(facts.record.id, serial)
        text.add("{\"self\":\"")
        text.add(text: fragments.base)
        text.add("/rest/api/3/issue/")
        text.add(facts.record.id)
        text.add("/worklog/")
        text.add(id)
        text.add("\",\"author\":")
        text.add(fragments.users[author])
        text.add(",\"updateAuthor\":")
        text.add(fragments.users[author])
        text.add(",\"comment\":")
        text.add(fragments.remarks[(facts.record.id + serial) % fragments.remarks.count])
        text.add(",\"created\":")
        quoted(at, to: &text)
        text.add(",\"updated\":")
        quoted(at, to: &text)
        text.add(",\"started\":")
        quoted(at - Int64(seconds) * 1_000, to: &text)
        text.add(",\"timeSpent\":\"")
        text.add(seconds / 3_600)
        text.add("h ")
        text.add(seconds / 60 % 60)
        text.add("m\",\"timeSpentSeconds\":")
        text.add(seconds)
        text.add(",\"id\":\"")
        text.add(id)
        text.add("\",\"issueId\":\"")
        text.add(facts.record.id)
        text.add("\"}")
    }
}
