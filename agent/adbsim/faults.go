package adbsim

// States that SetState and SetDeviceState take: adb's own words.
const (
	StateDevice       = "device"
	StateOffline      = "offline"
	StateUnauthorized = "unauthorized"
	StateRecovery     = "recovery"
	StateBootloader   = "bootloader"
	StateSideload     = "sideload"

	StateNoPermissions = "no permissions (user in plugdev group; are your udev rules wrong?); see [http://developer.android.com/tools/device.html]"
)

// SetState changes the state of the device with this serial; it reports
// whether there is one. See Device.SetState.
func (b *Bench) SetState(serial, state string) bool {
	d := b.Device(serial)
	if d == nil {
		return false
	}
	d.SetState(state)
	return true
}

// SetState changes what adb says of the device. In any state but "device"
// nothing can be opened on it, and what was open is lost: its streams end
// without an exit packet and its processes are killed. From "" (vanished) it
// comes back with a new transport id.
func (d *Device) SetState(state string) {
	d.mu.Lock()
	was := d.state
	d.mu.Unlock()
	if was == state {
		return
	}
	switch {
	case was == StateDevice:
		d.drop(state)
	case was == "" || state == StateDevice:
		d.attach(state)
	default:
		d.mu.Lock()
		d.state = state
		d.mu.Unlock()
	}
	d.bench.notify()
}

// Vanish takes the device off the bench, as a pulled cable does. SetState
// brings it back.
func (d *Device) Vanish() { d.SetState("") }

func (d *Device) drop(state string) {
	d.mu.Lock()
	d.state = state
	lose := d.lose
	d.mu.Unlock()
	lose()
	d.machine.Halt()
}

// Freeze makes the device hang: it stays listed as "device", opens are never
// answered and open streams stand still, until Thaw.
func (d *Device) Freeze() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.frozen == nil {
		d.frozen = make(chan struct{})
	}
}

// Thaw ends Freeze.
func (d *Device) Thaw() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.frozen != nil {
		close(d.frozen)
		d.frozen = nil
	}
}

// interruption is what happens in the middle of a transfer.
type interruption struct {
	after int64 // bytes of content
	do    func(*Device)
}

// InterruptTransfer does something to the device once so many bytes of the
// next pushed or pulled file have passed: (*Device).Freeze, (*Device).Vanish.
// nil cuts the transfer's stream and leaves the device as it is.
func (d *Device) InterruptTransfer(after int64, do func(*Device)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.interrupt = &interruption{after, do}
}

// interrupted takes the interruption that the device's next transfer meets,
// nil for none.
func (d *Device) interrupted() *interruption {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := d.interrupt
	d.interrupt = nil
	return i
}

// Stick makes the device stay offline until somebody has adb reconnect it.
func (d *Device) Stick() {
	d.SetState(StateOffline)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stuck = true
}

// FillStorage leaves no room on the device, or gives it back.
func (d *Device) FillStorage(full bool) { d.machine.FS.Fill(full) }

// FailInstalls makes each install fail with a code of adb's, such as
// INSTALL_FAILED_MISSING_SHARED_LIBRARY; "" ends that.
func (d *Device) FailInstalls(code string) { d.machine.Packages.Fail(code) }

// OmitExit makes commands end without their exit packet, as when the
// connection is lost at the last moment.
func (d *Device) OmitExit(omit bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.noExit = omit
}

func (d *Device) omitsExit() bool {
	if d.machine.Props.Get(FaultProperty) == "noexit" {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.noExit
}

// SetFeatures says what the device's adbd offers, as on an older or a newer
// Android: "shell_v2,cmd". A real adb server asks when it connects.
func (d *Device) SetFeatures(features string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.features = features
}

func (d *Device) offers() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.features
}

// SetSerial gives the device another serial, also one that another device has
// (a vehicle lab where every unit reports "0000"). It reconnects.
func (d *Device) SetSerial(serial string) {
	d.drop("")
	d.mu.Lock()
	d.serial = serial
	d.mu.Unlock()
	d.machine.Props.Put("ro.serialno", serial)
	d.machine.Props.Put("ro.boot.serialno", serial)
	d.attach(StateDevice)
	d.bench.notify()
}
