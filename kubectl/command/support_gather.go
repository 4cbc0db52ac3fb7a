package command

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/bundle"
	"github.com/wasession/wasession/kubectl/cluster"
	"github.com/wasession/wasession/kubectl/doctor"
)

const (
	// logLines is how many of the last lines of a log are read.
	logLines = 5000
	// listLimit is how many objects of a list are read.
	listLimit = 500
)

// gatherer reads objects and logs into a bundle.
type gatherer struct {
	cluster *cluster.Cluster
	bundle  *bundle.Bundle
}

// folderOf is the folder of a session's files.
func folderOf(s *v1alpha1.WhatsAppSession) string { return "sessions/" + s.Name + "/" }

// object adds what the API server has at a path, and returns it too.
func (g *gatherer) object(ctx context.Context, file, path string, query url.Values) map[string]any {
	object, err := g.cluster.Object(ctx, path, query)
	if err != nil {
		g.leaveOut(file, err)
		return nil
	}
	g.bundle.Object(file, object)
	if wordOf(mapOf(object, "metadata"), "continue") != "" {
		g.bundle.LeaveOut("more of "+file, fmt.Sprintf("it is a list, of which a bundle has the first %d", listLimit))
	}
	return object
}

func (g *gatherer) leaveOut(file string, err error) {
	if apierrors.IsNotFound(err) {
		g.bundle.LeaveOut(file, "there is none")
		return
	}
	g.bundle.LeaveOut(file, err.Error())
}

// log adds the end of a container's log, and that of its run before.
func (g *gatherer) log(ctx context.Context, file, namespace, pod, container string) {
	path := core(namespace, "pods", pod) + "/log"
	for _, previous := range []bool{false, true} {
		suffix := ".log"
		if previous {
			suffix = "-previous.log"
		}
		query := url.Values{"container": {container}, "tailLines": {strconv.Itoa(logLines)}, "previous": {strconv.FormatBool(previous)}}
		text, err := g.cluster.Text(ctx, path, query, bundle.MaxText)
		switch {
		case previous && apierrors.IsBadRequest(err): // it has not ended before
		case err != nil:
			g.leaveOut(file+suffix, err)
		default:
			g.bundle.Log(file+suffix, text)
		}
	}
}

// core is the path of an object of the core API, or of a list without a name.
func core(namespace, resource, name string) string {
	path := "/api/v1/namespaces/" + namespace + "/" + resource
	if name != "" {
		path += "/" + name
	}
	return path
}

func selecting(labels string) url.Values {
	return url.Values{"labelSelector": {labels}, "limit": {strconv.Itoa(listLimit)}}
}

// session adds a session's objects, events and logs.
func (g *gatherer) session(ctx context.Context, s *v1alpha1.WhatsAppSession) {
	folder, claim := folderOf(s), cluster.ClaimName(s)
	// The keys open the session: they are hidden should they be anywhere.
	if secret, err := g.cluster.Secrets(s.Namespace).Get(ctx, cluster.KeysName(s), metav1.GetOptions{}); err == nil {
		for _, value := range secret.Data {
			g.bundle.KnowSecret(value)
		}
	}
	g.object(ctx, folder+"session.yaml", "/apis/"+v1alpha1.GroupVersion.String()+"/namespaces/"+s.Namespace+"/"+v1alpha1.Resource+"/"+s.Name, nil)
	g.object(ctx, folder+"pod.yaml", core(s.Namespace, "pods", s.Name), nil)
	g.object(ctx, folder+"claim.yaml", core(s.Namespace, "persistentvolumeclaims", claim), nil)
	g.object(ctx, folder+"services.yaml", core(s.Namespace, "services", ""), selecting(v1alpha1.LabelSession+"="+s.Name))
	g.events(ctx, folder+"events.yaml", s.Namespace, s.Name)
	g.events(ctx, folder+"claim-events.yaml", s.Namespace, claim)
	g.log(ctx, folder+"runtime", s.Namespace, s.Name, cluster.Container)
}

// events adds the events about the objects with a name.
func (g *gatherer) events(ctx context.Context, file, namespace, about string) {
	g.object(ctx, file, core(namespace, "events", ""), url.Values{
		"fieldSelector": {"involvedObject.name=" + about}, "limit": {strconv.Itoa(listLimit)},
	})
}

// findings adds what the doctor says about a session.
func (g *gatherer) findings(s *v1alpha1.WhatsAppSession, findings []doctor.Finding) {
	encoded, err := json.Marshal(map[string]any{"findings": findings})
	var object map[string]any
	if err == nil {
		err = json.Unmarshal(encoded, &object)
	}
	if err != nil {
		g.leaveOut(folderOf(s)+"doctor.yaml", err)
		return
	}
	g.bundle.Object(folderOf(s)+"doctor.yaml", object)
}

// installation adds the versions, and the operator's and the gateway's objects and logs.
func (g *gatherer) installation(ctx context.Context, plugin, namespace string) {
	g.bundle.Object("plugin.yaml", map[string]any{"plugin": plugin})
	g.object(ctx, "kubernetes.yaml", "/version", nil)
	labels := selecting("app.kubernetes.io/name=wasession")
	g.object(ctx, "installation/deployments.yaml", "/apis/apps/v1/namespaces/"+namespace+"/deployments", labels)
	g.object(ctx, "installation/events.yaml", core(namespace, "events", ""), url.Values{"limit": {strconv.Itoa(listLimit)}})
	list := g.object(ctx, "installation/pods.yaml", core(namespace, "pods", ""), labels)
	for _, item := range listOf(list, "items") {
		pod := wordOf(mapOf(item, "metadata"), "name")
		for _, container := range listOf(mapOf(item, "spec"), "containers") {
			name := wordOf(container, "name")
			g.log(ctx, "installation/"+pod+"-"+name, namespace, pod, name)
		}
	}
}

func listOf(object map[string]any, field string) (items []map[string]any) {
	all, _ := object[field].([]any)
	for _, item := range all {
		if m, isMap := item.(map[string]any); isMap {
			items = append(items, m)
		}
	}
	return items
}

func mapOf(object map[string]any, field string) map[string]any {
	m, _ := object[field].(map[string]any)
	return m
}

func wordOf(object map[string]any, field string) string {
	text, _ := object[field].(string)
	return text
}
