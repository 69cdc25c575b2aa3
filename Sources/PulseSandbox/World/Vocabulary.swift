/// The words of the world: people, projects, titles, texts.
enum Vocabulary {
    struct Name: Sendable {
        let full: String
        let login: String
        init(_ full: String, _ login: String) {
            self.full = full
            self.login = login
        }
    }

    static let people: [Name] = [
        Name("Ada Okafor", "adaokafor"), Name("Lukas Brandt", "lbrandt"), Name("王小明", "wangxm"),
        Name("ليلى حداد", "layla-haddad"), Name("Анна Соколова", "asokolova"), Name("María José Ñíguez", "mjniguez"),
        Name("Nguyễn Thị Hương", "huongnt"), Name("Søren Kjærgaard", "skjaergaard"),
        Name("Priya Raghunathan", "priyar"),
        Name("Tomáš Dvořák", "tdvorak"), Name("佐藤 健", "sato-ken"), Name("דנה לוי", "danalevi"),
        Name("Kwame Mensah", "kwame-m"), Name("Zoë O’Sullivan", "zoeos"), Name("Иван Петренко", "ipetrenko"),
        Name("김서연", "seoyeonkim"), Name("Élodie Lefèvre", "elefevre"), Name("Mateo Quispe", "mquispe"),
        Name("Chloé 🌻 Martin", "chloemartin"), Name("محمد الفارسي", "m-alfarsi"), Name("Ingrid Bergström", "ingridb"),
        Name("Rahul Deshpande", "rdeshpande"), Name("Wei-Lin Chen", "weilinc"), Name("Giulia D’Angelo", "gdangelo"),
        Name("Ömer Yıldız", "omery"), Name("Siobhán Ní Bhriain", "siobhan"), Name("Thandiwe Dlamini", "thandi"),
        Name("Jürgen Weiß", "jweiss"), Name("สมชาย ใจดี", "somchai"), Name("Noah Fitzgerald", "nfitz"),
        Name("Agnieszka Wiśniewska", "awisniewska"), Name("Γιώργος Παπαδόπουλος", "gpapad"),
        Name("Hannah Goldberg", "hgoldberg"), Name("Fatima Zahra El Idrissi", "fzidrissi"),
        Name("Leonardo Rossi", "lrossi"),
        Name("Dev 👩🏽‍💻 Patel", "devpatel"), Name("Oleksandr Shevchenko", "oshevchenko"), Name("Aroha Ngata", "arohan"),
        Name("Björk Jónsdóttir", "bjorkj"), Name("Samuel Adeyemi", "sadeyemi"), Name("李娜", "lina-dev"),
        Name("Isabel Cristina de la Cruz y Montenegro", "icdelacruz"),
    ]

    struct Project: Sendable {
        let key: String
        let name: String
        let components: [String]
    }

    static let projects: [Project] = [
        Project(
            key: "PAY", name: "Payments",
            components: ["Cards", "Payouts", "Ledger", "Refunds", "Fraud checks", "Invoices"]),
        Project(
            key: "CHK", name: "Checkout", components: ["Basket", "Addresses", "Vouchers", "Shipping", "Guest checkout"]),
        Project(key: "MOB", name: "Mobile apps", components: ["iOS", "Android", "Push", "Deep links", "Offline mode"]),
        Project(
            key: "SRCH", name: "Search & discovery", components: ["Ranking", "Indexing", "Synonyms", "Suggestions"]),
        Project(
            key: "PLAT", name: "Platform",
            components: ["Deployments", "Observability", "Databases", "Queues", "Secrets"]),
        Project(key: "ID", name: "Identity", components: ["Sign-in", "Passkeys", "Sessions", "Consent", "Roles"]),
        Project(key: "DATA", name: "Data warehouse", components: ["Pipelines", "Models", "Dashboards", "Privacy"]),
        Project(key: "SUP", name: "Support tools", components: ["Inbox", "Macros", "Chat", "Reports"]),
        Project(key: "LOG", name: "Logistics", components: ["Carriers", "Labels", "Returns", "Tracking"]),
        Project(key: "CMS", name: "Content", components: ["Pages", "Images", "Translations"]),
        Project(key: "OPS2", name: "Site operations", components: ["Capacity", "On call", "Runbooks"]),
        Project(key: "LAB", name: "Experiments", components: ["Flags", "Metrics", "Surveys"]),
    ]

    /// `{}` becomes one of ``things``, `[]` one of ``circumstances``.
    static let titles = [
        "{} is shown twice []", "Make {} work []", "{} times out []", "Show a clear message when {} fails []",
        "Users lose {} []", "Speed up {} []", "Let support see {} []", "Wrong currency in {} []", "Retry {} []",
        "Migrate {} to the new service", "Remove the old way to change {}", "Write down how {} works []",
        "{} ignores the time zone []", "Crash in {} []", "Accessibility of {}: focus order and labels",
        "Alert when {} is late []", "Spike: could {} be cached []?", "Add an audit trail for {}",
        "Translations of {} are cut []", "Rounding error in {} []", "Rate-limit {} []", "Feature flag for {}",
        "Measure how often {} is used []", "Do not send {} []", "Clean up {} after the release",
        "“{}” must survive a restart []", "إصلاح {} []", "{} — 在 Safari 中无法使用", "Поддержка {} []", "{} 🚀 []",
    ]
    static let things = [
        "the payout summary", "saved addresses", "the refund dialog", "voucher codes", "two-factor sign-in",
        "the order history", "push notifications", "the search index", "synonym lists", "invoice numbers",
        "gift cards", "the shipping estimate", "session renewal", "the price breakdown", "return labels",
        "bulk export", "the nightly import", "card tokens", "the health check", "customer notes",
        "dark mode", "the settings page", "delivery slots", "webhook retries", "the consent banner",
        "image thumbnails", "the settlement report", "account merging", "the carrier lookup", "email receipts",
    ]
    static let circumstances = [
        "on slow networks", "for guest users", "after a password change", "when the basket is empty",
        "in right-to-left languages", "on the first of the month", "behind a corporate proxy", "for accounts from 2019",
        "with more than 500 lines", "when two tabs are open", "during a deployment", "in the Nordics",
        "if the postcode has a space", "on older Android phones", "at midnight UTC", "for orders paid in parts",
        "under heavy load", "when the cache is cold", "for shared accounts", "after moving house",
    ]
    static let paragraphs = [
        "Several customers wrote in about this since Tuesday. It happens about once in forty orders and cannot be undone without us.",
        "Steps: sign in, open the page from an old bookmark, change anything, press Save twice quickly. The second answer is a 409 and the form stays locked.",
        "Expected: the change is stored once and the page says so. Seen: a spinner that never ends, and in the log “stale version 7, have 9”.",
        "We agreed in refinement to keep the present behaviour behind a flag until the end of the quarter, and to remove it with the migration.",
        "The query plan changed after the upgrade: the planner now prefers a sequential scan because the statistics are three weeks old. ANALYZE helps, an index on (account, created) helps more.",
        "Out of scope: the mobile apps, which have their own cache; see the linked story. In scope: web, e-mail and the partner interface.",
        "Acceptance: no duplicate rows after a replay of last Friday’s traffic; p99 under 250 ms; a metric that tells how often the fallback was used.",
        "من المهم أن يبقى الترتيب صحيحًا في اللغات التي تكتب من اليمين إلى اليسار، including mixed text such as PAY-17 and 12:30.",
        "用户反馈:在网络较慢的情况下,页面会重复提交。请在重试之前检查幂等键。",
        "После обновления сертификата старые клиенты перестали подключаться; журнал показывает «handshake failure».",
        "Notes from the pairing session: the lock is taken too early, the timer is never cancelled, and the retry happens inside the transaction. 🧵",
        "Open question: do we want to tell the customer, or is a quiet correction better? Legal prefers to tell. Decision until Thursday.",
    ]
    static let remarks = [
        "Reproduced on staging, three times out of ten.", "Deployed to staging, please have a look.",
        "This is the same as what we saw in March, only the other way round.",
        "Moved to the next sprint, we ran out of time.",
        "شكراً، سأراجع هذا غداً.", "Works for me on 17.2, fails on 16.4.", "I have a fix, waiting for review.",
        "Customer confirmed that it is gone.", "已经在测试环境验证。", "Спасибо, посмотрю сегодня вечером.",
        "Adding the log from production; look at 10:42.", "Can we split this? It is two problems.", "👍", "LGTM 🎉",
        "The numbers add up again after the backfill.", "Not a bug: the field is optional since the last release.",
    ]
    static let labels = [
        "customer", "regression", "quick-win", "tech-debt", "security", "q3-goal", "needs-design", "flaky", "a11y",
        "gdpr",
    ]
    static let goals = [
        "Checkout without surprises", "Fewer retries, clearer messages", "Ready for the audit",
        "Move the last two tables",
        "Nobody waits for a label", "Faster first page", "", "Calm on-call weeks",
    ]
    static let repositories = [
        "checkout", "payments", "ledger", "ios-app", "android-app", "search", "platform", "identity", "web",
        "warehouse",
        "design-system", "gateway", "notifications", "fraud", "shipping", "returns", "catalog", "pricing", "images",
        "emails",
        "support-inbox", "status-page", "runbooks", "terraform", "charts", "feature-flags", "experiments",
        "translations",
        "partner-api", "sdk-js", "sdk-swift", "sdk-go", "load-tests", "docs", "dotfiles", "hiring", "old-checkout",
        "sandbox",
        "mirror", "archive",
    ]
    static let languages = ["Swift", "Go", "TypeScript", "Kotlin", "Python", "Java", "Rust", "HCL"]
    static let files = [
        "src/basket.ts", "Sources/Ledger/Posting.swift", "cmd/server/main.go", "app/models/refund.kt", "README.md",
        "infra/dns.tf", "tests/test_payout.py",
    ]
    static let decoys = [
        "Bump openssl to fix CVE-2024-3094", "Use SHA-256 for file names", "Read names as UTF-8",
        "Follow RFC-9110 for dates",
        "Handle NOTPAY-12 and PAY-999999 gracefully", "chore(deps): bump lodash from 4.17.20 to 4.17.21",
    ]
}
