package android

// Model is what kind of device it is: what differs between a head unit, a
// cluster and the rest.
type Model struct {
	Displays []Display
	Users    []User
	// Foreground is the user in front; 0 where there is only one.
	Foreground int
	// Apps run from the boot on, the first one in front on display 0.
	Apps []App
	// Vehicle says that there is a car with a vehicle HAL behind it.
	Vehicle bool
}

// Display is one panel.
type Display struct {
	Logical  int    // as input, wm and am count them
	Physical uint64 // as SurfaceFlinger and screencap name it
	Port     int
	PNP      string // the maker, three letters
	Name     string
	Width    int
	Height   int
	Density  int
}

// User is one of Android's users.
type User struct {
	ID    int
	Name  string
	Flags int
}

// App is an app that is running after boot.
type App struct {
	Component string // package/.Activity, or the package alone
	AppID     int    // the uid within its user, less 10000
	PID       int
	Display   int // where its activity is; -1 where it has none
}

func (m Model) foreground() int { return m.Foreground }

func (m Model) display(logical int) (Display, bool) {
	for _, d := range m.Displays {
		if d.Logical == logical {
			return d, true
		}
	}
	return Display{}, false
}
