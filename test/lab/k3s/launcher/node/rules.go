package node

// flannelRules are flannel's: masquerading of what leaves the pod network, and acceptance of forwarded pod traffic, which
// stands after UFW's own chains and before the FORWARD chain's policy. Each is table, chain, specification.
func flannelRules(cluster, pods string) [][]string {
	rule := func(table, chain, comment string, specification ...string) []string {
		return append([]string{table, chain, "-m", "comment", "--comment", comment}, specification...)
	}
	masquerade := func(specification ...string) []string {
		return rule("nat", "FLANNEL-POSTRTG", "flanneld masq", specification...)
	}
	return [][]string{
		masquerade("-m", "mark", "--mark", "0x4000/0x4000", "-j", "RETURN"),
		masquerade("-s", pods, "-d", cluster, "-j", "RETURN"),
		masquerade("-s", cluster, "-d", pods, "-j", "RETURN"),
		masquerade("!", "-s", cluster, "-d", pods, "-j", "RETURN"),
		masquerade("-s", cluster, "!", "-d", "224.0.0.0/4", "-j", "MASQUERADE", "--random-fully"),
		masquerade("!", "-s", cluster, "-d", cluster, "-j", "MASQUERADE", "--random-fully"),
		rule("nat", "POSTROUTING", "flanneld masq", "-j", "FLANNEL-POSTRTG"),
		rule("filter", "FLANNEL-FWD", "flanneld forward", "-s", cluster, "-j", "ACCEPT"),
		rule("filter", "FLANNEL-FWD", "flanneld forward", "-d", cluster, "-j", "ACCEPT"),
		rule("filter", "FORWARD", "flanneld forward", "-j", "FLANNEL-FWD"),
	}
}
