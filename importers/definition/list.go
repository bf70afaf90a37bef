package definition

// FirstVersion is that of lists that do not say theirs: the history of the resource tells them apart.
const FirstVersion = "1.0.0"

// Publisher is said of lists that do not name theirs, since shareable resources need one (SV-95-7).
const Publisher = "Imported list"
