/// One of the master's children.
enum MasterChild: Equatable, Sendable {
    /// The worker of a slot, counted through all pools.
    case worker(slot: Int)
    /// A stable, by its place in the list of Python settings.
    case stable(Int)
    /// The scheduler.
    case scheduler
    /// The child that tries what a reload or restart asks for.
    case check
    /// The child that tries a new stable.
    case canary(stable: Int)
}
