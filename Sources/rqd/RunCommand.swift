import ArgumentParser
import Glibc
import Logging
import WorkerPool

/// `rqd run`: the daemon.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the service: all pools of the configuration.",
        discussion: """
            Stays in the foreground, as a service manager wants it. TERM or INT stops it warmly: \
            running jobs finish, nothing new is taken; the second one, or QUIT, stops it at once.

            EXAMPLES
              rqd run
              rqd run -c ./rqd.conf
              rqd run --set pool.default.workers=8 --set log.level=debug
              rqd run --set redis.url=unix:///run/redis/redis.sock
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(help: .hidden)
    var takesOver: Int32?

    @Option(help: .hidden)
    var triesHandover: Int32?

    func run() throws {
        let loaded = try options.load(handedOver: takesOver ?? triesHandover)
        if let triesHandover { return try tryHandover(triesHandover, loaded) }
        if takesOver == nil { try check(loaded) }
        LogSystem.bootstrap(loaded.configuration.log)
        if takesOver == nil {
            for notice in loaded.notices { Logger(label: "rqd").notice("\(notice)") }
        }
        throw ExitCode(
            Master.run(
                configuration: loaded.configuration, options: MasterOptions(),
                sources: options.sources.expectingFiles(of: loaded),
                invocation: Invocation(arguments: arguments, handover: takesOver)))
    }

    /// Looks whether what the configuration names is there.
    ///
    /// A program that takes over has looked when it was tried; what has gone since then must not end
    /// a service that has jobs: its new interpreters are tried before anything changes.
    private func check(_ loaded: LoadedConfiguration) throws {
        do {
            try loaded.checkMachine()
        } catch {
            Complaint.say("\(error)")
            throw ExitStatus.configuration.error
        }
    }

    /// How the next version of this program is to be started.
    private var arguments: [String] {
        ["run"] + (options.config.map { ["--config", $0] } ?? [])
            + options.settings.flatMap { ["--set", $0] }
    }

    /// Says whether this program could take over from the one that runs.
    private func tryHandover(_ descriptor: Int32, _ loaded: LoadedConfiguration) throws {
        do {
            try Master.tryHandover(descriptor, loaded)
        } catch UpgradeError.applicationNotLoaded {
            throw ExitStatus.configuration.error
        } catch let error as HandoverError {
            Complaint.say("\(error)")
            throw ExitStatus.incompatible.error
        } catch {
            Complaint.say("\(error)")
            throw ExitStatus.configuration.error
        }
    }
}
