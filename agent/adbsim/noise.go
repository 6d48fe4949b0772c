package adbsim

// Noise lets every output of a command begin with bytes that are no text: NUL,
// broken UTF-8 and a terminal's control sequences.
func (d *Device) Noise(on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.noise = on
}

// noiseText is what Noise prints, on a line of its own.
const noiseText = "\x1b[31mred\x1b[0m \x00\x01\xff\xfe\xc3( \x1b]0;title\x07\x1b]52;c;Zm9v\x07\r\n"

// murmur makes the noise before a command's first output; false where the
// stream has ended.
func (s *session) murmur() bool {
	s.device.mu.Lock()
	noise := s.device.noise
	s.device.mu.Unlock()
	if !noise {
		return true
	}
	out := make([]byte, packetHead, packetHead+len(noiseText))
	putHead(out, packetStdout, len(noiseText))
	if out = append(out, noiseText...); !s.mode.packets {
		out = out[packetHead:]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.stream.Write(out)
	return err == nil
}
