package dashboard

// section leads to a page about all sessions, from the bar at the top.
type section struct {
	Path, Label string
}

var sections = []section{
	{Root, "Sessions"},
	{Root + "fleet", "Fleet"},
}

// inSection says whether a page is below a section.
func inSection(path, section string) bool {
	if section == Root {
		return path == Root || path == Root+"new" || len(path) > len(Root)+8 && path[:len(Root)+9] == Root+"sessions/"
	}
	return path == section
}

// tab leads to a page of a session.
type tab struct {
	// path is below the session's; empty for its first page.
	Path, Label string
}

var tabs = []tab{
	{"", "Overview"},
	{"chats", "Chats"},
	{"archive", "Archive"},
	{"deliveries", "Deliveries"},
	{"events", "Events"},
	{"manifest", "Manifest"},
}
