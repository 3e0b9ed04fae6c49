import Glibc
import RQ
import RedisKit
import TestSupport
import Testing

@testable import WorkerPool

/// The list of rights, compared with the scripts, the sources and the manual.
struct RequiredRightsTests {
    @Test func `every word of the scripts is a command that can be tried, or a known option`() {
        let known = RequiredRights.options.union(RequiredRights.trials.keys)
        #expect(Scripts.capitalWords.subtracting(known).sorted() == [])
        #expect(RequiredRights.plain.isSubset(of: RequiredRights.trials.keys))
        #expect(RequiredRights.commands.count > 30)
    }

    @Test func `every key that scripts name is tried`() {
        let named = Scripts.keyWords
        #expect(named.subtracting(RequiredRights.keys).filter { $0 != "job::" }.sorted() == [])
        #expect(named.count > 20)
    }

    @Test func `every command that is sent as it is is tried`() throws {
        let sources = ["WorkerPool/*/*.swift", "WorkerPool/*/*/*.swift", "RQ/Maintenance/*.swift"]
            .flatMap(swiftFiles)
        let connection = Set(RequiredRights.connection.compactMap(\.words.first))
        // What the check itself asks and can do without; words between our own processes.
        let known = connection.union(RequiredRights.commands)
            .union(["INFO", "DEL", "leaving", "recorded"])
        var sent: Set<String> = []
        for path in sources {
            let text = String(decoding: try readFile(path), as: UTF8.self)
            for piece in text.split(separator: "Command(\"", omittingEmptySubsequences: false)
                .dropFirst()
            {
                sent.insert(String(piece.prefix { $0 != "\"" }))
            }
        }
        #expect(sent.subtracting(known).sorted() == [])
        #expect(sent.contains("LINDEX"))
    }

    @Test func `the user in the manual has the rights that are needed, and no more`() throws {
        let manual = String(
            decoding: try readFile("\(PackageRoot.path)/docs/REDIS.md"), as: UTF8.self)
        let block = try #require(manual.firstRange(of: "ACL SETUSER rqd"))
        let text = manual[block.lowerBound...]
        let end = try #require(text.firstRange(of: "\n```"))
        let words = text[..<end.lowerBound].split { $0 == " " || $0 == "\n" || $0 == "\\" }
        let granted = words.filter { $0.hasPrefix("+") }.map { String($0.dropFirst()) }
        let needed =
            RequiredRights.connection.map(\.right)
            + RequiredRights.commands.map(RequiredRights.right)
        #expect(Set(needed).subtracting(granted).sorted() == [])
        #expect(Set(granted).subtracting(needed).sorted() == [])
    }

    @Test(arguments: [
        ("rq:results:a:b", "rq:results:*"), ("rq:rqd:claims:w", "rq:rqd:claims:*"),
        ("rq:queues", "rq:queues"), ("rq:job:x:dependents", "rq:job:*"), ("other", "other"),
    ])
    func `a key's pattern is that of its kind`(key: String, pattern: String) {
        #expect(RequiredRights.pattern(for: key, under: "rq") == pattern)
    }

    private func swiftFiles(matching pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob("\(PackageRoot.path)/Sources/\(pattern)", 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { index in
            found.gl_pathv[index].map { String(cString: $0) }
        }
    }
}

struct MissingRightTests {
    private func explain(_ message: String) -> String {
        let redis = RedisConfiguration(url: "redis://rqd:secret@localhost")
        return redis.explaining(ServerError(message: message)).message
    }

    @Test(arguments: [
        (
            "NOPERM this user has no permissions to run the 'xadd' command (XADD rq:results:1)",
            "NOPERM XADD rq:results:1 is not allowed; ACL SETUSER rqd +xadd allows it"
        ),
        (
            "NOPERM The user executing the script can't run this command or subcommand script: f, "
                + "on @user_script:277. (XADD rq:results:1)",
            "NOPERM XADD rq:results:1 is not allowed; ACL SETUSER rqd +xadd allows it"
        ),
        (
            "NOPERM User rqd has no permissions to run the 'client|tracking' command",
            "NOPERM CLIENT TRACKING is not allowed; ACL SETUSER rqd +client|tracking allows it"
        ),
        (
            "ERR The user executing the script can't access at least one of the keys mentioned in "
                + "the command arguments script: f, on @user_script:9. (HSET rq:job:1)",
            "NOPERM HSET rq:job:1 is not allowed; ACL SETUSER rqd ~rq:job:* allows it"
        ),
        (
            "ERR The user executing the script can't run this command or subcommand script: f",
            "NOPERM a command is not allowed; rqd check --connect finds out which"
        ),
        (
            "NOPERM no right to the command that would undo this one (ZADD rq:wip:q)",
            "NOPERM ZADD rq:wip:q is not allowed; ACL SETUSER rqd +zadd allows it"
        ),
        (
            "NOPERM The user executing the script can't run this command (XADD rq:results:1); "
                + "not taken back: HDEL rq:job:1",
            "NOPERM XADD rq:results:1 is not allowed; ACL SETUSER rqd +xadd allows it; "
                + "not taken back: HDEL rq:job:1"
        ),
        ("OOM command not allowed", "OOM command not allowed"),
    ])
    func `a missing right is told with its command, its key and the rule that helps`(
        message: String, words: String
    ) {
        #expect(explain(message) == words)
    }
}
