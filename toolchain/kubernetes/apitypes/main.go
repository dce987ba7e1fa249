// Command apitypes prints what Go knows about the kinds of Kubernetes and an OpenAPI document does not say.
//
// `apitypes types` prints one line for each kind that an API server itself defines, with its type and the release that
// serves it no more, and one for each type, with its fields: what is written in them and, by a `-`, which are left out
// when they are empty. `apitypes quantities` writes each quantity of its standard input, one a line, as the API server
// writes it back: a recording for tests.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"reflect"
	"runtime/debug"
	"sort"
	"strings"

	core "k8s.io/api/core/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

// Types that write themselves.
var own = map[reflect.Type]string{
	reflect.TypeFor[resource.Quantity]():                          "quantity",
	reflect.TypeFor[intstr.IntOrString]():                         "any",
	reflect.TypeFor[meta.Time]():                                  "time",
	reflect.TypeFor[meta.MicroTime]():                             "microtime",
	reflect.TypeFor[meta.Duration]():                              "duration",
	reflect.TypeFor[meta.FieldsV1]():                              "any",
	reflect.TypeFor[runtime.RawExtension]():                       "any",
	reflect.TypeFor[apiextensions.JSON]():                         "any",
	reflect.TypeFor[apiextensions.JSONSchemaPropsOrArray]():       "apiextensions/v1.JSONSchemaProps",
	reflect.TypeFor[apiextensions.JSONSchemaPropsOrBool]():        "apiextensions/v1.JSONSchemaProps",
	reflect.TypeFor[apiextensions.JSONSchemaPropsOrStringArray](): "apiextensions/v1.JSONSchemaProps",
}

// Amounts of resources; in types of their own package a server rounds them up when it fills in defaults.
var amounts = reflect.TypeFor[core.ResourceList]()

var marshaler = reflect.TypeFor[json.Marshaler]()

// What is written in each field of each type.
var types = map[string]map[string]string{}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: apitypes types | quantities")
	}
	switch os.Args[1] {
	case "types":
		printTypes()
	case "quantities":
		printQuantities()
	default:
		log.Fatalf("no such command: %s", os.Args[1])
	}
}

func printTypes() {
	for _, add := range []func(*runtime.Scheme) error{apiextensions.AddToScheme, apiregistration.AddToScheme} {
		if err := add(scheme.Scheme); err != nil {
			log.Fatal(err)
		}
	}
	var lines []string
	for kind, goType := range scheme.Scheme.AllKnownTypes() {
		if _, isObject := reflect.New(goType).Interface().(meta.Object); isObject { // no list, no options of a request
			lines = append(lines, kind.GroupVersion().String()+"/"+kind.Kind+" "+written(goType)+end(goType))
		}
	}
	for name, fields := range types {
		words := []string{name}
		for field, text := range fields {
			words = append(words, field+":"+text)
		}
		sort.Strings(words[1:])
		lines = append(lines, strings.Join(words, " "))
	}
	sort.Strings(lines)
	fmt.Printf("# k8s.io/api %s\n%s\n", version(), strings.Join(lines, "\n"))
}

// Returns the release that serves a kind no more, after a space; nothing where none is planned.
func end(goType reflect.Type) string {
	ending, ends := reflect.New(goType).Interface().(interface{ APILifecycleRemoved() (major, minor int) })
	if !ends {
		return ""
	}
	major, minor := ending.APILifecycleRemoved()
	return fmt.Sprintf(" %d.%d", major, minor)
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "k8s.io/api" {
			if module.Replace != nil {
				module = module.Replace
			}
			return module.Version
		}
	}
	log.Fatal("built outside its module")
	return ""
}

// Returns how a value of a Go type is written: a word, `[]` or `{}` and a type, or the name of a type with fields.
func written(goType reflect.Type) string {
	if goType.Kind() == reflect.Pointer {
		return written(goType.Elem())
	}
	if word, known := own[goType]; known {
		if strings.Contains(word, ".") {
			written(reflect.TypeFor[apiextensions.JSONSchemaProps]())
		}
		return word
	}
	if goType.Implements(marshaler) || reflect.PointerTo(goType).Implements(marshaler) {
		log.Fatalf("%s writes itself in a way that is not known here", goType)
	}
	switch goType.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16,
		reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Slice:
		if goType.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return "[]" + written(goType.Elem())
	case reflect.Map:
		return "{}" + written(goType.Elem())
	case reflect.Struct:
		return fields(goType)
	}
	log.Fatalf("%s: nothing is known of such types", goType)
	return ""
}

func fields(goType reflect.Type) string {
	parts := strings.Split(goType.PkgPath(), "/")
	name := strings.Join(parts[len(parts)-2:], "/") + "." + goType.Name()
	if _, known := types[name]; !known {
		types[name] = map[string]string{}
		collect(goType, types[name])
	}
	return name
}

func collect(goType reflect.Type, into map[string]string) {
	for index := range goType.NumField() {
		field := goType.Field(index)
		tag := strings.Split(field.Tag.Get("json"), ",")
		if tag[0] == "" {
			collect(field.Type, into)
			continue
		}
		if tag[0] == "-" {
			continue
		}
		mark := ""
		for _, option := range tag[1:] {
			if option == "omitempty" && canBeEmpty(field.Type.Kind()) {
				mark = "-"
			}
		}
		text := written(field.Type)
		if field.Type == amounts && goType.PkgPath() == amounts.PkgPath() {
			text = "{}resource"
		}
		into[tag[0]] = mark + text
	}
}

// Pointers tell empty from absent, structures are never empty.
func canBeEmpty(kind reflect.Kind) bool {
	return kind != reflect.Pointer && kind != reflect.Struct
}

func printQuantities() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		quantity, err := resource.ParseQuantity(strings.TrimSpace(lines.Text()))
		if err != nil {
			fmt.Println("!")
			continue
		}
		fmt.Println(quantity.String())
	}
}
