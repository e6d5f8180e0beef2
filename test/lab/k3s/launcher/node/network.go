package node

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os/exec"
	"syscall"
	"time"

	"github.com/vishvananda/netlink"
	corev1 "k8s.io/api/core/v1"

	"honeydue.lab/k3s/pki"
	"honeydue.lab/k3s/settings"
)

// Flannel's own numbers: VXLAN identifier, UDP port, and the bytes that the encapsulation takes.
const (
	vxlanID       = 1
	vxlanPort     = 8472
	vxlanOverhead = 50
	vxlanName     = "flannel.1"
)

// Annotations by which flannel's nodes tell each other where and what they are.
const (
	annotationData     = "flannel.alpha.coreos.com/backend-data"
	annotationType     = "flannel.alpha.coreos.com/backend-type"
	annotationPublicIP = "flannel.alpha.coreos.com/public-ip"
	annotationManager  = "flannel.alpha.coreos.com/kube-subnet-manager"
)

// Network is this node's end of the pod network: VXLAN between nodes and a bridge on each.
type Network struct {
	settings *settings.Settings
	device   netlink.Link
	mtu      int
}

// NewNetwork makes the VXLAN device on the interface that carries node-ip (or on flannel-iface).
func NewNetwork(s *settings.Settings) (*Network, error) {
	parent, err := parentInterface(s)
	if err != nil {
		return nil, err
	}
	n := &Network{settings: s, mtu: parent.Attrs().MTU - vxlanOverhead}
	wanted := &netlink.Vxlan{LinkAttrs: netlink.LinkAttrs{Name: vxlanName, MTU: n.mtu}, VxlanId: vxlanID, Port: vxlanPort,
		VtepDevIndex: parent.Attrs().Index, SrcAddr: net.ParseIP(s.NodeIP()), Learning: false}
	if present, err := netlink.LinkByName(vxlanName); err == nil {
		if same, ok := present.(*netlink.Vxlan); ok && same.VtepDevIndex == wanted.VtepDevIndex && same.SrcAddr.Equal(wanted.SrcAddr) && same.MTU == n.mtu {
			n.device = present
			return n, nil
		}
		if err := netlink.LinkDel(present); err != nil {
			return nil, fmt.Errorf("replacing %s: %w", vxlanName, err)
		}
	}
	if err := netlink.LinkAdd(wanted); err != nil {
		return nil, fmt.Errorf("creating %s on %s: %w", vxlanName, parent.Attrs().Name, err)
	}
	if n.device, err = netlink.LinkByName(vxlanName); err != nil {
		return nil, err
	}
	return n, netlink.LinkSetUp(n.device)
}

func parentInterface(s *settings.Settings) (netlink.Link, error) {
	if s.FlannelIface != "" {
		return netlink.LinkByName(s.FlannelIface)
	}
	links, err := netlink.LinkList()
	if err != nil {
		return nil, err
	}
	for _, link := range links {
		addresses, err := netlink.AddrList(link, netlink.FAMILY_V4)
		if err != nil {
			return nil, err
		}
		for _, address := range addresses {
			if address.IP.String() == s.NodeIP() {
				return link, nil
			}
		}
	}
	return nil, fmt.Errorf("no interface has the node's address %s", s.NodeIP())
}

// Annotations are what other nodes need to reach this one.
func (n *Network) Annotations() map[string]string {
	data, _ := json.Marshal(map[string]any{"VNI": vxlanID, "VtepMAC": n.device.Attrs().HardwareAddr.String()})
	return map[string]string{annotationData: string(data), annotationType: "vxlan", annotationPublicIP: n.settings.NodeIP(), annotationManager: "true"}
}

// UsePodCIDR gives the device its address and tells the CNI plug-ins this node's part of the pod network.
func (n *Network) UsePodCIDR(cidr string) error {
	_, network, err := net.ParseCIDR(cidr)
	if err != nil {
		return err
	}
	address := &netlink.Addr{IPNet: &net.IPNet{IP: network.IP, Mask: net.CIDRMask(32, 32)}}
	if err := netlink.AddrReplace(n.device, address); err != nil {
		return err
	}
	if err := netlink.LinkSetUp(n.device); err != nil {
		return err
	}
	data, err := json.MarshalIndent(cniConfiguration(cidr, n.mtu), "", "  ")
	if err != nil {
		return err
	}
	return pki.WriteFile(n.settings.Path("agent", "etc", "cni", "net.d", "10-flannel.conflist"), data, 0o600)
}

func cniConfiguration(cidr string, mtu int) map[string]any {
	return map[string]any{"name": "cbr0", "cniVersion": "1.0.0", "plugins": []any{
		map[string]any{"type": "bridge", "bridge": "cni0", "mtu": mtu, "isDefaultGateway": true, "hairpinMode": true, "ipMasq": false,
			"ipam": map[string]any{"type": "host-local", "ranges": []any{[]any{map[string]string{"subnet": cidr}}}}},
		map[string]any{"type": "portmap", "capabilities": map[string]bool{"portMappings": true}},
	}}
}

// SetPeers makes the other nodes' pods reachable: what this does not name is removed.
func (n *Network) SetPeers(nodes []*corev1.Node) error {
	index := n.device.Attrs().Index
	wanted := map[string]bool{}
	for _, node := range nodes {
		var data struct{ VtepMAC string }
		_, network, err := net.ParseCIDR(node.Spec.PodCIDR)
		if node.Name == n.settings.NodeName || err != nil || json.Unmarshal([]byte(node.Annotations[annotationData]), &data) != nil {
			continue
		}
		mac, err := net.ParseMAC(data.VtepMAC)
		remote := net.ParseIP(node.Annotations[annotationPublicIP])
		if err != nil || remote == nil {
			continue
		}
		wanted[network.String()] = true
		for _, neighbour := range []*netlink.Neigh{
			{LinkIndex: index, State: netlink.NUD_PERMANENT, Family: syscall.AF_BRIDGE, Flags: netlink.NTF_SELF, IP: remote, HardwareAddr: mac},
			{LinkIndex: index, State: netlink.NUD_PERMANENT, Type: syscall.RTN_UNICAST, IP: network.IP, HardwareAddr: mac},
		} {
			if err := netlink.NeighSet(neighbour); err != nil {
				return fmt.Errorf("neighbour %s on %s: %w", neighbour.IP, vxlanName, err)
			}
		}
		route := &netlink.Route{LinkIndex: index, Scope: netlink.SCOPE_UNIVERSE, Dst: network, Gw: network.IP, Flags: int(netlink.FLAG_ONLINK)}
		if err := netlink.RouteReplace(route); err != nil {
			return fmt.Errorf("route to %s: %w", network, err)
		}
	}
	return n.forget(wanted)
}

func (n *Network) forget(wanted map[string]bool) error {
	routes, err := netlink.RouteList(n.device, netlink.FAMILY_V4)
	if err != nil {
		return err
	}
	for _, route := range routes {
		if route.Gw != nil && route.Dst != nil && !wanted[route.Dst.String()] {
			if err := netlink.RouteDel(&route); err != nil {
				return err
			}
		}
	}
	return nil
}

// KeepRules puts flannel's iptables rules in place and looks after them until the context ends: a firewall that is
// reloaded takes them away.
func (n *Network) KeepRules(ctx context.Context, podCIDR string) {
	for {
		for _, rule := range flannelRules(n.settings.ClusterCIDR, podCIDR) {
			if err := ensureRule(rule); err != nil {
				slog.Warn("Failed to set an iptables rule", "rule", rule, "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(10 * time.Second):
		}
	}
}

func ensureRule(rule []string) error {
	table, chain, specification := rule[0], rule[1], rule[2:]
	_ = exec.Command("iptables", "-w", "5", "-t", table, "-N", chain).Run() // it is there already but for the first time
	if exec.Command("iptables", append([]string{"-w", "5", "-t", table, "-C", chain}, specification...)...).Run() == nil {
		return nil
	}
	output, err := exec.Command("iptables", append([]string{"-w", "5", "-t", table, "-A", chain}, specification...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, output)
	}
	return nil
}
