import ArgumentParser

@main
struct RQD: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rqd")
}
