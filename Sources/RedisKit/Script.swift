import COpenSSL

/// A Lua script that the server runs, and the SHA-1 by which it knows it.
///
/// `Connection` sends the hash alone and the source only to a server that answers NOSCRIPT.
public struct Script: Sendable, Equatable {
    /// What errors call it, for example `"claim"`.
    public let name: String
    /// The Lua source, as the server gets it.
    public let source: [UInt8]
    /// The source's SHA-1, 40 lower-case hexadecimal digits.
    public let sha: String

    /// Names a source and computes its hash.
    ///
    /// - Parameters:
    ///   - name: what errors call it.
    ///   - source: the Lua source.
    public init(name: String, source: [UInt8]) {
        self.name = name
        self.source = source
        sha = hexadecimalSHA1(source)
    }

    /// `EVALSHA`: runs the script if the server knows it.
    ///
    /// - Parameters:
    ///   - keys: what the script sees as `KEYS`.
    ///   - arguments: what the script sees as `ARGV`.
    /// - Returns: a plain command; sent as such it gets no second try after NOSCRIPT.
    public func evalsha(
        keys: [Command.Argument], arguments: [Command.Argument] = []
    ) -> Command {
        Self.command("EVALSHA", .text(sha), keys, arguments)
    }

    /// `EVAL`: runs the script, and teaches it to the server.
    ///
    /// - Parameters:
    ///   - keys: what the script sees as `KEYS`.
    ///   - arguments: what the script sees as `ARGV`.
    /// - Returns: the command with the whole source.
    public func eval(
        keys: [Command.Argument], arguments: [Command.Argument] = []
    ) -> Command {
        Self.command("EVAL", .bytes(source), keys, arguments)
    }

    private static func command(
        _ name: String, _ script: Command.Argument, _ keys: [Command.Argument],
        _ arguments: [Command.Argument]
    ) -> Command {
        var command = Command(name, script, .integer(keys.count))
        command.append(contentsOf: keys)
        command.append(contentsOf: arguments)
        return command
    }
}

/// One run of a script, kept until its answer is there in case the source must follow.
struct ScriptCall {
    let script: Script
    let keys: [Command.Argument]
    let arguments: [Command.Argument]

    /// Appends the EVALSHA, as the server reads it.
    func encode(into output: inout [UInt8]) {
        output.appendHeader("*", 3 + keys.count + arguments.count)
        output.appendBulk("EVALSHA")
        output.appendBulk(script.sha)
        output.append(.integer(keys.count))
        for key in keys { output.append(key) }
        for argument in arguments { output.append(argument) }
    }
}

/// SHA-1, the digest Redis names scripts by, as lower-case hexadecimal digits.
private func hexadecimalSHA1(_ bytes: [UInt8]) -> String {
    let digest = [UInt8](unsafeUninitializedCapacity: Int(SHA_DIGEST_LENGTH)) { buffer, count in
        _ = SHA1(bytes, bytes.count, buffer.baseAddress)
        count = Int(SHA_DIGEST_LENGTH)
    }
    let digits = Array("0123456789abcdef".utf8)
    return String(
        decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
