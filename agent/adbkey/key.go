// Package adbkey makes, writes and reads the RSA keys by which a device knows
// the adb server that may use it, in adb's own formats: the private key as PEM,
// the public one as a device stores it. It knows neither servers nor devices.
package adbkey

import (
	"crypto"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	bits  = 2048
	words = bits / 32
	// size is what a device stores of a key: the modulus and what makes
	// computing with it fast, in little-endian words.
	size = 4 + 4 + bits/8 + bits/8 + 4
	// TokenSize is what a device gives a server to sign.
	TokenSize = 20
)

// Ensure reads the key at path, and makes one where there is none: the private
// key for its owner alone, the public one beside it with ".pub". The comment
// names whose key it is, on the device too.
func Ensure(path, comment string) (*rsa.PrivateKey, error) {
	key, err := load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if key, err = rsa.GenerateKey(rand.Reader, bits); err != nil {
		return nil, fmt.Errorf("making an adb key: %w", err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("writing an adb key: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("writing an adb key: %w", err)
	}
	public := Public(&key.PublicKey, comment) + "\n"
	if err := os.WriteFile(path+".pub", []byte(public), 0o644); err != nil {
		return nil, fmt.Errorf("writing an adb key: %w", err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("writing an adb key: %w", err)
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("writing an adb key: %w", err), os.Remove(path))
	}
	return key, nil
}

func load(path string) (*rsa.PrivateKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading an adb key: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("reading an adb key: %s is no PEM file: move it away, and a new key is made", path)
	}
	any, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading the adb key %s: %w", path, err)
	}
	key, ok := any.(*rsa.PrivateKey)
	if !ok || key.N.BitLen() != bits {
		return nil, fmt.Errorf("reading an adb key: %s holds no RSA key of %d bits: move it away, and a new key is made", path, bits)
	}
	return key, nil
}

// Public is a key as adb writes it for a device, with whose it is.
func Public(key *rsa.PublicKey, comment string) string {
	return base64.StdEncoding.EncodeToString(stored(key)) + " " + comment
}

// Fingerprint is how a device's prompt shows a key.
func Fingerprint(key *rsa.PublicKey) string {
	sum := md5.Sum(stored(key))
	pairs := make([]string, len(sum))
	for i := range sum {
		pairs[i] = strings.ToUpper(hex.EncodeToString(sum[i : i+1]))
	}
	return strings.Join(pairs, ":")
}

// stored is a key as a device stores it.
func stored(key *rsa.PublicKey) []byte {
	word := new(big.Int).Lsh(big.NewInt(1), 32)
	inverse := new(big.Int).ModInverse(new(big.Int).Mod(key.N, word), word) // of an odd number there is one
	if inverse == nil {
		inverse = new(big.Int)
	}
	inverse.Sub(word, inverse).Mod(inverse, word)
	square := new(big.Int).Lsh(big.NewInt(1), 2*bits)
	square.Mod(square, key.N)

	b := binary.LittleEndian.AppendUint32(make([]byte, 0, size), words)
	b = binary.LittleEndian.AppendUint32(b, uint32(inverse.Uint64()))
	for _, n := range []*big.Int{key.N, square} {
		at := len(b)
		b = append(b, n.FillBytes(make([]byte, bits/8))...)
		slices.Reverse(b[at:])
	}
	return binary.LittleEndian.AppendUint32(b, uint32(key.E))
}

// ErrPublic is a text that is no public key of adb's.
var ErrPublic = errors.New("not an adb public key")

// ParsePublic reads a key that a server offers; NUL may end it.
func ParsePublic(text []byte) (*rsa.PublicKey, error) {
	line, _, _ := strings.Cut(string(text), "\x00")
	encoded, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	if base64.StdEncoding.DecodedLen(len(encoded)) > size+2 {
		return nil, ErrPublic
	}
	b, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(b) != size || binary.LittleEndian.Uint32(b) != words {
		return nil, ErrPublic
	}
	modulus := slices.Clone(b[8 : 8+bits/8])
	slices.Reverse(modulus)
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: int(binary.LittleEndian.Uint32(b[size-4:]))}
	if key.N.BitLen() != bits || key.N.Bit(0) == 0 || key.E != 3 && key.E != 65537 {
		return nil, ErrPublic
	}
	return key, nil
}

// Signed says whether a signature of a token was made with a key.
func Signed(key *rsa.PublicKey, token, signature []byte) bool {
	return len(token) == TokenSize && rsa.VerifyPKCS1v15(key, crypto.SHA1, token, signature) == nil
}
