/// The grammars of the schema.
extension TextGrammar {
    /// A server's address.
    static let redisURL = TextGrammar(
        expected: "a URL that begins with redis://, rediss://, unix:// or sentinel://",
        accepts: { RedisURL.complaint(about: $0) == nil },
        explains: { RedisURL.complaint(about: $0) })

    /// What keys begin with.
    ///
    /// Source: RQ 3.0.0, `rq/defaults.py`.
    static let keyPrefix = TextGrammar(
        expected: "one or more of letters, digits and _ . : { } -",
        accepts: {
            !$0.isEmpty && $0.utf8.allSatisfy { isAlphanumeric($0) || "_.:{}-".utf8.contains($0) }
        })

    /// A path from the root.
    static let absolutePath = TextGrammar(
        expected: "an absolute path",
        accepts: { $0.hasPrefix("/") && isPlain($0) })

    /// A file with a secret in it.
    static let secretFile = TextGrammar(
        expected: "an absolute path or the bare name of a systemd credential",
        accepts: { isPlain($0) && ($0.hasPrefix("/") || (!$0.isEmpty && !$0.contains("/"))) })

    /// A Sentinel.
    static let sentinel = TextGrammar(
        expected: "hosts such as \"10.0.0.1\" or \"10.0.0.1:26379\"",
        accepts: { !$0.isEmpty && isPlain($0) && !$0.contains("/") && RedisURL.isMember($0) })

    /// The name of a master, as Sentinels know it.
    static let master = TextGrammar(
        expected: "a name of letters, digits and . - _",
        accepts: {
            !$0.isEmpty && $0.utf8.allSatisfy { isAlphanumeric($0) || ".-_".utf8.contains($0) }
        })

    /// A user of Redis.
    static let userName = TextGrammar(
        expected: "a name without spaces",
        accepts: { !$0.isEmpty && isPlain($0) && !$0.contains(" ") })

    /// A user or a group of the machine.
    static let account = TextGrammar(
        expected: "a name or a number as in passwd(5)",
        accepts: { name in
            !name.isEmpty && name.utf8.count <= 256 && name.first != "-"
                && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && !",:/".utf8.contains($0) }
        })

    /// Bits that new files lack.
    static let umask = TextGrammar(
        expected: "three or four octal digits such as \"027\"",
        accepts: {
            (3...4).contains($0.utf8.count) && UInt16($0, radix: 8).map { $0 <= 0o777 } == true
        })

    /// A path from the root, or what `PATH` finds.
    static let program = TextGrammar(
        expected: "an absolute path or the bare name of a program",
        accepts: { isPlain($0) && ($0.hasPrefix("/") || (!$0.isEmpty && !$0.contains("/"))) })

    /// The path of a socket, which the kernel limits to 107 bytes, or none.
    static let socket = TextGrammar(
        expected: "an absolute path of at most 107 bytes, or empty for none",
        accepts: { $0.isEmpty || ($0.hasPrefix("/") && isPlain($0) && $0.utf8.count <= 107) })

    /// A path, from the root or from the working directory.
    static let directory = TextGrammar(
        expected: "a directory", accepts: { !$0.isEmpty && isPlain($0) })

    /// A file, from the root or from the working directory.
    static let file = TextGrammar(expected: "a file", accepts: { !$0.isEmpty && isPlain($0) })

    /// A project of Sentry's.
    ///
    /// A complaint does not show it: whoever has it may send there.
    static let sentryDSN = TextGrammar(
        expected: "a DSN such as \"https://KEY@HOST/PROJECT\"",
        accepts: { isDSN($0) },
        explains: { isDSN($0) ? nil : "must be a DSN such as \"https://KEY@HOST/PROJECT\"" })

    /// A Python module, class or function with its modules.
    static let dottedName = TextGrammar(
        expected: "a dotted Python name such as \"app.tasks\"",
        accepts: { text in
            text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
                let isName = part.utf8.allSatisfy {
                    $0 >= 0x80 || isAlphanumeric($0) || $0 == UInt8(ascii: "_")
                }
                return isName && part.first.map { !("0"..."9").contains($0) } ?? false
            }
        })

    /// A serializer of RQ, by its short name or its path.
    static let serializer = TextGrammar(
        expected: "\"json\", \"pickle\" or a dotted Python name", accepts: dottedName.accepts)

    /// A queue.
    ///
    /// A comma would split it in the list of queues that a worker shows in Redis.
    static let queue = TextGrammar(
        expected: "queue names without commas or control characters",
        accepts: { !$0.isEmpty && isPlain($0) && !$0.contains(",") })

    /// A pool; its name is part of variables, worker names and process titles.
    static let pool = TextGrammar(
        expected: "1 to 64 lower-case letters, digits, _ and -, with a letter or digit first",
        accepts: { name in
            let isFine = name.utf8.allSatisfy {
                isAlphanumeric($0) && !isUpperCase($0) || "_-".utf8.contains($0)
            }
            return (1...64).contains(name.utf8.count) && isFine && name.first != "_"
                && name.first != "-"
        })

    /// The template of workers' names.
    ///
    /// `:` would make one worker's key another's (`NAME:executions`), `,` splits lists, and
    /// Redis refuses connection names with anything but printable ASCII without spaces.
    static let workerName = TextGrammar(
        expected: "printable ASCII without spaces, colons and commas; %h is the host, %p the pool, "
            + "%s the slot, %u a unique number, %% a percent sign",
        accepts: { text in
            let isFine = text.utf8.allSatisfy {
                (0x21...0x7E).contains($0) && !",:".utf8.contains($0)
            }
            let escaped = text.split(separator: "%%", omittingEmptySubsequences: false)
            let placeholders = escaped.allSatisfy { part in
                part.split(separator: "%", omittingEmptySubsequences: false).dropFirst().allSatisfy
                {
                    $0.first.map { "hpsu".contains($0) } ?? false
                }
            }
            return !text.isEmpty && isFine && placeholders
        })

    /// One queue.
    static let oneQueue = TextGrammar(
        expected: "a queue name without commas or control characters", accepts: queue.accepts)

    /// When something is done again and again.
    static let schedule = TextGrammar(
        expected: "a duration of whole seconds such as \"10m\", or five fields of crontab(5) such "
            + "as \"0 3 * * *\"",
        accepts: { CronConfiguration.schedule($0) != nil })

    /// The layout of a log line.
    static let logPattern = TextGrammar(
        expected: "a layout such as \"%(asctime)s %(message)s\"",
        accepts: { logPatternError($0) == nil },
        explains: { logPatternError($0)?.description })

    /// The layout of a moment.
    static let datePattern = TextGrammar(
        expected: "a layout such as \"%H:%M:%S\", or empty for ISO 8601",
        accepts: { isPlain($0) && $0.utf8.count < 200 })

    /// A Python module by its name, or by its file.
    static let settings = TextGrammar(
        expected: "a dotted Python name or the path of a Python file",
        accepts: {
            dottedName.accepts($0) || (!$0.isEmpty && isPlain($0) && $0.contains("/"))
                || (isPlain($0) && $0.hasSuffix(".py"))
        })

    /// A variable's name.
    static let variableName = TextGrammar(
        expected: "letters, digits and _, with no digit first",
        accepts: { name in
            !name.isEmpty && name.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
                && name.first.map { !("0"..."9").contains($0) } ?? false
        })

    /// Any text that C can hold.
    static let anyText = TextGrammar(expected: "a text", accepts: { !$0.utf8.contains(0) })
}

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: isUpperCase(byte)
    }
}

private func isUpperCase(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
}

/// `SCHEME://KEY@HOST/…/PROJECT`.
private func isDSN(_ text: String) -> Bool {
    guard isPlain(text), text.hasPrefix("https://") || text.hasPrefix("http://") else {
        return false
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2)
    let authority = parts.first?.split(separator: "@", omittingEmptySubsequences: false) ?? []
    return authority.count == 2 && authority.allSatisfy { !$0.isEmpty } && parts.count > 1
        && parts.last?.isEmpty == false
}

private func logPatternError(_ text: String) -> LogPatternError? {
    do {
        _ = try LogPattern(text)
        return nil
    } catch {
        return error
    }
}

/// Whether a text has no control characters.
private func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
}
