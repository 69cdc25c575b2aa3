/// Names of standards, algorithms and products that are written like keys of work items.
///
/// Only the numbers that really occur are listed where a project may well be called so (`AES`, `HTTP`).
enum KeyDecoys {
    private enum Numbers {
        case all
        case these(Set<Int>)
        case range(ClosedRange<Int>)
    }

    static func contains(project: String, number: Int) -> Bool {
        switch table[project] {
        case nil: false
        case .all: true
        case .these(let numbers): numbers.contains(number)
        case .range(let numbers): numbers.contains(number)
        }
    }

    private static let table: [String: Numbers] = registers.merging(technical) { first, _ in first }

    /// Registers of documents and of weaknesses, whose numbers grow, and pull requests in GitHub's own notation.
    private static let registers: [String: Numbers] = [
        "CVE": .all, "CWE": .all, "CAPEC": .all, "RFC": .range(100...99_999), "ISO": .range(100...99_999),
        "IEC": .range(100...99_999), "IEEE": .all, "ECMA": .all, "ANSI": .all, "ASCII": .all, "NIST": .all,
        "FIPS": .all,
        "PEP": .all, "JSR": .all, "JEP": .range(1...999), "BCP": .range(1...999), "GH": .all, "COVID": .these([19]),
        "SARS": .these([1, 2]),
    ]

    /// Encodings, algorithms, protocols, processors, licences and time zones.
    private static let technical: [String: Numbers] = [
        "UTF": .these([1, 7, 8, 16, 32]), "UCS": .these([2, 4]), "BASE": .these([16, 32, 36, 58, 62, 64, 85]),
        "LATIN": .range(1...10), "CP": .these([437, 850, 1250, 1251, 1252]), "WINDOWS": .range(1...12_999),
        "KOI": .these([7, 8]), "BIG": .these([5]), "GB": .these([2_312, 18_030]),
        "SHA": .these([1, 2, 3, 128, 224, 256, 384, 512]), "MD": .these([2, 4, 5, 6]), "CRC": .these([8, 16, 32, 64]),
        "AES": .these([128, 192, 256]), "RSA": .these([512, 1_024, 2_048, 3_072, 4_096]), "RC": .these([2, 4, 5, 6]),
        "HS": .these([256, 384, 512]), "RS": .these([256, 384, 512]), "ES": .these([3, 5, 6, 256, 384, 512]),
        "ED": .these([448, 25_519]), "CURVE": .these([448, 25_519]), "HMAC": .these([256, 512]),
        "PKCS": .range(1...15), "TLS": .range(1...3), "SSL": .range(1...3), "HTTP": .range(1...3),
        "IP": .these([4, 6]),
        "IPV": .these([4, 6]), "OAUTH": .range(1...2), "POSIX": .range(1...2), "USB": .range(1...4),
        "UTC": .range(1...14), "GMT": .range(1...14), "HTML": .range(1...5), "CSS": .range(1...4),
        "MP": .these([3, 4]),
        "MPEG": .these([1, 2, 4]), "GPT": .range(1...9), "X86": .these([32, 64]), "ARM": .these([32, 64]),
        "AMD": .these([64]), "WIN": .these([16, 32, 64]), "INT": .these([8, 16, 32, 64, 128]),
        "UINT": .these([8, 16, 32, 64, 128]), "FLOAT": .these([16, 32, 64]), "FP": .these([8, 16, 32, 64]),
        "GPL": .range(1...3), "LGPL": .range(2...3), "AGPL": .these([3]), "BSD": .range(1...4), "MIT": .these([0]),
        "APACHE": .these([2]), "MPL": .range(1...2),
    ]
}
