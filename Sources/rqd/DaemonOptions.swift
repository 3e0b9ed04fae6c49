import ArgumentParser
import WorkerPool

/// How a command finds the daemon that it is meant for.
struct DaemonOptions: ParsableArguments {
    @OptionGroup var options: ConfigurationOptions

    @Option(help: ArgumentHelp("Ask at this socket; reads no file.", valueName: "path"))
    var socket: String?

    /// Where to ask.
    var daemon: DaemonAddress {
        DaemonAddress(
            socket: socket, isFileNamed: options.config != nil, read: options.read)
    }
}
