// Command networkpolicy judges the first packet of every connection between pods by the NetworkPolicies in force.
//
// The judgement is kube-network-policies' own (SIG Network). What this program does differently from its standard
// agent: an address of the pod network that belongs to no known pod is refused, so that a pod whose policies have not
// arrived yet can't talk; the yes is written on the packet, so that the kernel's rules, which belong to the node and
// outlive this program, let nothing pass that was not judged; and a connection that a later policy forbids is ended.
// It needs neither nftables' queue expression nor conntrack labels in verdicts, which some kernels lack.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/florianl/go-nfqueue/v2"
	nfnetlink "github.com/mdlayher/netlink"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"

	"sigs.k8s.io/kube-network-policies/pkg/api"
	"sigs.k8s.io/kube-network-policies/pkg/dataplane"
	"sigs.k8s.io/kube-network-policies/pkg/network"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
	"sigs.k8s.io/kube-network-policies/pkg/podinfo"
	"sigs.k8s.io/kube-network-policies/pkg/podinfo/nri"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "file with the API server's address and this agent's credentials")
	node := flag.String("node", "", "name of this node")
	pods := flag.String("pods", "", "the pod networks, one a family; their addresses without a known pod are refused")
	queue := flag.Uint("queue", 100, "number of the netfilter queue")
	mark := flag.Uint("mark", 0, "bits set on the mark of packets that may pass; the same bits on connections")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx, *kubeconfig, *node, *pods, uint16(*queue), uint32(*mark)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, kubeconfig, node, pods string, queue uint16, mark uint32) error {
	var podNetworks []netip.Prefix
	for _, written := range strings.Split(pods, ",") {
		podNetwork, err := netip.ParsePrefix(written)
		if err != nil {
			return err
		}
		podNetworks = append(podNetworks, podNetwork)
	}
	engine, changes, err := newEngine(ctx, kubeconfig, node, podNetworks)
	if err != nil {
		return err
	}
	// Nobody listens on the queue until every policy is known: the kernel drops what it would put there.
	if err := wait.PollUntilContextCancel(ctx, 50*time.Millisecond, true, func(context.Context) (bool, error) {
		return engine.Ready(), nil
	}); err != nil {
		return nil // told to end
	}
	go judgeAgain(ctx, engine, mark, families(podNetworks), changes)
	return judge(ctx, engine, queue, mark)
}

// newEngine returns the policies' engine and a channel that tells that something they depend on has changed.
func newEngine(
	ctx context.Context, kubeconfig, node string, podNetworks []netip.Prefix,
) (*networkpolicy.PolicyEngine, <-chan struct{}, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, nil, err
	}
	config.ContentType = "application/vnd.kubernetes.protobuf"
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, nil, err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	namespaceInformer := factory.Core().V1().Namespaces()
	podInformer := factory.Core().V1().Pods()
	policyInformer := factory.Networking().V1().NetworkPolicies()
	if err := podInformer.Informer().SetTransform(withoutManagedFields); err != nil {
		return nil, nil, err
	}
	byStatus, err := podinfo.NewInformerResolver(podInformer.Informer())
	if err != nil {
		return nil, nil, err
	}
	// The runtime names a pod's address before the pod's first instruction, the API server a second later.
	byRuntime, err := nri.NewNRIResolver(ctx, node, nil)
	if err != nil {
		return nil, nil, err
	}
	provider := podinfo.NewInformerProvider(podInformer, namespaceInformer, nil, []podinfo.IPResolver{byStatus, byRuntime})
	standard := networkpolicy.NewStandardNetworkPolicy(node, namespaceInformer, podInformer, policyInformer)
	engine := networkpolicy.NewPolicyEngine(provider, []api.PolicyEvaluator{knownPods{podNetworks}, standard})

	changes := make(chan struct{}, 1)
	tell := func() {
		select {
		case changes <- struct{}{}:
		default: // one untold change stands for all
		}
	}
	engine.SetDataplaneSyncCallbacks(tell)
	if _, err := namespaceInformer.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		UpdateFunc: func(_, _ any) { tell() }, // its labels select peers
	}); err != nil {
		return nil, nil, err
	}
	factory.Start(ctx.Done())
	return engine, changes, nil
}

// judge answers the queue until told to end.
func judge(ctx context.Context, engine *networkpolicy.PolicyEngine, queue uint16, mark uint32) error {
	packets, err := nfqueue.Open(&nfqueue.Config{
		NfQueue:      queue,
		Flags:        nfqueue.NfQaCfgFlagGSO,
		MaxPacketLen: 128, // headers
		MaxQueueLen:  1024,
		Copymode:     nfqueue.NfQnlCopyPacket,
		WriteTimeout: 100 * time.Millisecond,
	})
	if err != nil {
		return fmt.Errorf("netfilter queue %d: %w", queue, err)
	}
	defer packets.Close()
	failed := make(chan error, 1)
	answer := func(attribute nfqueue.Attribute) int {
		id := *attribute.PacketID
		packet, err := network.ParsePacket(*attribute.Payload)
		if err == nil {
			packet.ID = id
			if allowed, err := engine.EvaluatePacket(ctx, &packet); err == nil && allowed {
				passed := mark
				if attribute.Mark != nil {
					passed |= *attribute.Mark
				}
				if err := packets.SetVerdictWithOption(id, nfqueue.NfAccept, nfqueue.WithMark(passed)); err != nil {
					klog.ErrorS(err, "no verdict", "packet", id)
				}
				return 0
			}
		}
		if err := packets.SetVerdict(id, nfqueue.NfDrop); err != nil {
			klog.ErrorS(err, "no verdict", "packet", id)
		}
		return 0
	}
	trouble := func(err error) int {
		var operation *nfnetlink.OpError
		if errors.As(err, &operation) && (operation.Timeout() || operation.Temporary()) {
			return 0
		}
		if errors.Is(err, unix.ENOBUFS) { // packets came faster than they were read; the kernel dropped some
			klog.ErrorS(err, "packets were lost")
			return 0
		}
		select {
		case failed <- err:
		default:
		}
		return 1
	}
	if err := packets.RegisterWithErrorFunc(ctx, answer, trouble); err != nil {
		return fmt.Errorf("netfilter queue %d: %w", queue, err)
	}
	klog.InfoS("judging connections", "queue", queue)
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return fmt.Errorf("netfilter queue %d: %w", queue, err)
	}
}

// families returns the IP families of the pod networks.
func families(podNetworks []netip.Prefix) []netlink.InetFamily {
	var found []netlink.InetFamily
	for _, podNetwork := range podNetworks {
		if podNetwork.Addr().Is4() {
			found = append(found, unix.AF_INET)
		} else {
			found = append(found, unix.AF_INET6)
		}
	}
	return found
}

// judgeAgain ends, after every change, the connections that would not be allowed any more.
func judgeAgain(
	ctx context.Context, engine *networkpolicy.PolicyEngine, mark uint32, families []netlink.InetFamily,
	changes <-chan struct{},
) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-changes:
		}
		time.Sleep(300 * time.Millisecond) // changes come in groups
		for _, family := range families {
			ended, err := netlink.ConntrackDeleteFilters(
				netlink.ConntrackTable, family, forbidden{ctx, engine, mark},
			)
			if err != nil {
				klog.ErrorS(err, "judging open connections")
			} else if ended > 0 {
				klog.InfoS("ended connections that policy does not allow any more", "count", ended)
			}
		}
	}
}

// forbidden matches connections that were let pass and would not be now.
type forbidden struct {
	ctx    context.Context
	engine *networkpolicy.PolicyEngine
	mark   uint32
}

func (f forbidden) MatchConntrackFlow(flow *netlink.ConntrackFlow) bool {
	if flow.Mark&f.mark != f.mark {
		return false
	}
	packet := dataplane.PacketFromFlow(flow)
	if packet == nil {
		return false
	}
	allowed, err := f.engine.EvaluatePacket(f.ctx, packet)
	return err == nil && !allowed
}

// knownPods refuses addresses of the pod network that belong to no known pod, whichever way they talk.
type knownPods struct{ networks []netip.Prefix }

func (k knownPods) Name() string                                             { return "KnownPods" }
func (k knownPods) Ready() bool                                              { return true }
func (k knownPods) SetDataplaneSyncCallback(_ api.SyncFunc)                  {}
func (k knownPods) ManagedIPs(_ context.Context) ([]netip.Addr, bool, error) { return nil, true, nil }

func (k knownPods) EvaluateEgress(
	_ context.Context, packet *network.Packet, source, _ *api.PodInfo,
) (api.Verdict, error) {
	return k.verdict(packet.SrcIP, source), nil
}

func (k knownPods) EvaluateIngress(
	_ context.Context, packet *network.Packet, _, destination *api.PodInfo,
) (api.Verdict, error) {
	return k.verdict(packet.DstIP, destination), nil
}

func (k knownPods) verdict(address net.IP, pod *api.PodInfo) api.Verdict {
	ip, ok := netip.AddrFromSlice(address)
	if !ok {
		return api.VerdictDeny
	}
	for _, network := range k.networks {
		if pod == nil && network.Contains(ip.Unmap()) {
			return api.VerdictDeny
		}
	}
	return api.VerdictNext
}

func withoutManagedFields(object any) (any, error) {
	if accessor, err := meta.Accessor(object); err == nil {
		accessor.SetManagedFields(nil)
	}
	return object, nil
}
